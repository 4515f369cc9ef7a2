package io.salespulse.bench;

import java.util.function.Function;
import java.util.function.Predicate;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Numbers on the command line: nothing here can be measured with zero or less of anything. */
final class PositiveNumbers {

    private PositiveNumbers() {}

    /** Has every number of a command and its subcommands, present ones only, read so. */
    static CommandLine registerAt(CommandLine command) {
        ITypeConverter<Integer> integers = converter(Integer::valueOf, number -> number > 0);
        ITypeConverter<Long> longs = converter(Long::valueOf, number -> number > 0);
        ITypeConverter<Double> doubles =
                converter(Double::valueOf, number -> number > 0 && Double.isFinite(number));
        return command.registerConverter(Integer.class, integers)
                .registerConverter(int.class, integers)
                .registerConverter(Long.class, longs)
                .registerConverter(Double.class, doubles)
                .registerConverter(double.class, doubles);
    }

    private static <N> ITypeConverter<N> converter(
            Function<String, N> parser, Predicate<N> isPositive) {
        return text -> {
            try {
                N number = parser.apply(text);
                if (isPositive.test(number)) {
                    return number;
                }
            } catch (NumberFormatException e) {
                throw new TypeConversionException("'%s' is not a number above 0".formatted(text));
            }
            throw new TypeConversionException("'%s' is not above 0".formatted(text));
        };
    }
}
