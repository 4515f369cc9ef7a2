package io.salespulse.local;

import java.net.URI;
import java.net.URISyntaxException;
import picocli.CommandLine.TypeConversionException;

/** Addresses on the command line: {@code http://…} or {@code https://…}. */
final class HttpAddresses {

    private HttpAddresses() {}

    /**
     * Reads an address with a host.
     *
     * @throws TypeConversionException if it is none
     */
    static URI parse(String text) {
        try {
            URI address = new URI(text);
            if (text.matches("https?://.*") && address.getHost() != null) {
                return address;
            }
        } catch (URISyntaxException e) {
            // The message below says what is allowed instead of what the parser stumbled on.
        }
        throw new TypeConversionException(
                "'%s' is not an address such as https://mirror.example/grafana".formatted(text));
    }
}
