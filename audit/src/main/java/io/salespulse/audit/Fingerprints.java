package io.salespulse.audit;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/**
 * Stands in for the bytes of records that are too many to keep: the first 64 bits of SHA-256. Null
 * has a fingerprint of its own. Not thread-safe.
 */
final class Fingerprints {
    private static final long OF_NULL = 0;

    private final MessageDigest digest;

    Fingerprints() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    long of(byte[] bytes) {
        return bytes == null ? OF_NULL : finish(digest.digest(bytes));
    }

    /**
     * The fingerprint of all headers, in order, whose names the dead-letter topic does not use for
     * itself.
     */
    long of(Headers headers) {
        for (Header header : headers) {
            if (!DeadLetterHeaders.isReserved(header.key())) {
                update(header.key().getBytes(StandardCharsets.UTF_8));
                update(header.value());
            }
        }
        return finish(digest.digest());
    }

    private void update(byte[] bytes) {
        int length = bytes == null ? -1 : bytes.length;
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, length));
        if (bytes != null) {
            digest.update(bytes);
        }
    }

    private static long finish(byte[] hash) {
        return ByteBuffer.wrap(hash).getLong();
    }
}
