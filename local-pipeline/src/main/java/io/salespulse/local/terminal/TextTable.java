package io.salespulse.local.terminal;

import java.util.ArrayList;
import java.util.List;

/** Rows of text, printed with aligned columns and a rule below the first row. */
public final class TextTable {

    private final List<List<String>> rows = new ArrayList<>();
    private final List<Boolean> right = new ArrayList<>();

    /** Adds a column. */
    public void alignRight(boolean isRight) {
        right.add(isRight);
    }

    /** Adds a row with a cell for each column; the first one is the header. */
    public void add(List<String> cells) {
        rows.add(List.copyOf(cells));
    }

    /** The table, each row ended by a line break. */
    public String format() {
        StringBuilder text = new StringBuilder();
        for (int row = 0; row < rows.size(); row++) {
            text.append(line(rows.get(row))).append(System.lineSeparator());
            if (row == 0) {
                text.append(rule()).append(System.lineSeparator());
            }
        }
        return text.toString();
    }

    private String line(List<String> cells) {
        List<String> padded = new ArrayList<>();
        for (int column = 0; column < cells.size(); column++) {
            String cell = cells.get(column);
            String padding = " ".repeat(width(column) - length(cell));
            padded.add(right.get(column) ? padding + cell : cell + padding);
        }
        return String.join("  ", padded).stripTrailing();
    }

    private String rule() {
        List<String> dashes = new ArrayList<>();
        for (int column = 0; column < right.size(); column++) {
            dashes.add("-".repeat(width(column)));
        }
        return String.join("  ", dashes);
    }

    private int width(int column) {
        return rows.stream().mapToInt(row -> length(row.get(column))).max().orElse(0);
    }

    private static int length(String cell) {
        return cell.codePointCount(0, cell.length());
    }
}
