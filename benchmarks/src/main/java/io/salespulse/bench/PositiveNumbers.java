package io.salespulse.bench;

import java.util.function.Function;
import java.util.function.Predicate;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Numbers on the command line: nothing here can be measured with zero or less of anything, unless
 * an option says so.
 */
final class PositiveNumbers {

    private PositiveNumbers() {}

    /** Has every number of a command and its subcommands, present ones only, read so. */
    static CommandLine registerAt(CommandLine command) {
        ITypeConverter<Integer> integers =
                converter(Integer::valueOf, number -> number > 0, "above 0");
        ITypeConverter<Long> longs = converter(Long::valueOf, number -> number > 0, "above 0");
        ITypeConverter<Double> doubles =
                converter(
                        Double::valueOf,
                        number -> number > 0 && Double.isFinite(number),
                        "above 0");
        return command.registerConverter(Integer.class, integers)
                .registerConverter(int.class, integers)
                .registerConverter(Long.class, longs)
                .registerConverter(Double.class, doubles)
                .registerConverter(double.class, doubles);
    }

    /** The converter of an option that may be 0. */
    static final class OrZero implements ITypeConverter<Long> {

        @Override
        public Long convert(String text) throws Exception {
            return converter(Long::valueOf, number -> number >= 0, "0 or above").convert(text);
        }
    }

    private static <N> ITypeConverter<N> converter(
            Function<String, N> parser, Predicate<N> isValid, String range) {
        return text -> {
            try {
                N number = parser.apply(text);
                if (isValid.test(number)) {
                    return number;
                }
            } catch (NumberFormatException e) {
                throw new TypeConversionException("'%s' is not a number %s".formatted(text, range));
            }
            throw new TypeConversionException("'%s' is not %s".formatted(text, range));
        };
    }
}
