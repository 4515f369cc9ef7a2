package io.salespulse.dashboards;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Turns a query as it stands in a dashboard into what PostgreSQL receives: first the variables, as
 * the browser does, then the macros, in the order of Grafana's PostgreSQL data source.
 *
 * @param from begin of the time range, included
 * @param to end of the time range, included
 * @param interval time between two points of a graph
 */
public record MacroExpander(Instant from, Instant to, Duration interval) {

    private static final Pattern VARIABLE = Pattern.compile("\\$\\{(\\w+)}|\\$(\\w+)(?!\\w|\\()");
    private static final Pattern MACRO = Pattern.compile("\\$([_a-zA-Z0-9]+)\\(([^)]*)\\)");
    private static final Pattern COMMENT =
            Pattern.compile("'[^']*'|\"[^\"]*\"|--[^\\n]*|/\\*.*?\\*/", Pattern.DOTALL);

    /** A variable that allows several values: they are quoted and joined with commas. */
    public static String several(List<String> values) {
        return values.stream()
                .map(value -> "'" + value.replace("'", "''") + "'")
                .collect(Collectors.joining(","));
    }

    /** A variable with one value: only its quotes are doubled. */
    public static String single(String value) {
        return value.replace("'", "''");
    }

    /**
     * @param variables text by name of variable, see {@link #several} and {@link #single}
     * @throws IllegalArgumentException if the query names a variable or macro that is not known
     */
    public String expand(String sql, Map<String, String> variables) {
        return expandMacros(withoutComments(replaceIntervals(replaceVariables(sql, variables))));
    }

    private static String replaceVariables(String sql, Map<String, String> variables) {
        return VARIABLE.matcher(sql)
                .replaceAll(
                        found -> {
                            String name = found.group(1) == null ? found.group(2) : found.group(1);
                            if (name.startsWith("__interval")) {
                                return Matcher.quoteReplacement(found.group());
                            }
                            if (!variables.containsKey(name)) {
                                throw new IllegalArgumentException("Unknown variable $" + name);
                            }
                            return Matcher.quoteReplacement(variables.get(name));
                        });
    }

    private String replaceIntervals(String sql) {
        return sql.replace("$__interval_ms", Long.toString(interval.toMillis()))
                .replace("$__interval", formatted(interval))
                .replace("$__unixEpochFrom()", Long.toString(from.getEpochSecond()))
                .replace("$__unixEpochTo()", Long.toString(to.getEpochSecond()));
    }

    /** Rounded down to the largest unit that fits: 90 s are 1m. */
    private static String formatted(Duration interval) {
        if (interval.toDays() > 0) {
            return interval.toDays() + "d";
        }
        if (interval.toHours() > 0) {
            return interval.toHours() + "h";
        }
        if (interval.toMinutes() > 0) {
            return interval.toMinutes() + "m";
        }
        return interval.toSeconds() > 0 ? interval.toSeconds() + "s" : interval.toMillis() + "ms";
    }

    private static String withoutComments(String sql) {
        return COMMENT.matcher(sql)
                .replaceAll(
                        found ->
                                found.group().startsWith("-") || found.group().startsWith("/")
                                        ? ""
                                        : Matcher.quoteReplacement(found.group()));
    }

    private String expandMacros(String sql) {
        return MACRO.matcher(sql)
                .replaceAll(
                        found -> Matcher.quoteReplacement(macro(found.group(1), found.group(2))));
    }

    private String macro(String name, String arguments) {
        List<String> values = Arrays.stream(arguments.split(",")).map(String::strip).toList();
        String column = values.get(0);
        return switch (name) {
            case "__timeFilter" -> "%s BETWEEN '%s' AND '%s'".formatted(column, from, to);
            case "__timeFrom" -> "'" + from + "'";
            case "__timeTo" -> "'" + to + "'";
            case "__time" -> column + " AS \"time\"";
            case "__timeEpoch" -> "extract(epoch from %s) as \"time\"".formatted(column);
            case "__timeGroup" -> group(column, values.get(1));
            case "__timeGroupAlias" -> group(column, values.get(1)) + " AS \"time\"";
            case "__unixEpochFilter" ->
                    "%1$s >= %2$d AND %1$s <= %3$d"
                            .formatted(column, from.getEpochSecond(), to.getEpochSecond());
            default -> throw new IllegalArgumentException("Unknown macro $" + name);
        };
    }

    private static String group(String column, String width) {
        String text = width.replaceAll("^['\"]|['\"]$", "");
        Matcher parts = Pattern.compile("(\\d+)(ms|s|m|h|d)").matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException("Not an interval: " + width);
        }
        BigDecimal unit =
                switch (parts.group(2)) {
                    case "ms" -> new BigDecimal("0.001");
                    case "s" -> BigDecimal.ONE;
                    case "m" -> BigDecimal.valueOf(60);
                    case "h" -> BigDecimal.valueOf(3_600);
                    default -> BigDecimal.valueOf(86_400);
                };
        String seconds =
                unit.multiply(new BigDecimal(parts.group(1))).stripTrailingZeros().toPlainString();
        return "floor(extract(epoch from %s)/%s)*%s".formatted(column, seconds, seconds);
    }
}
