package io.salespulse.local.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TextTableTest {

    @Test
    void alignsTextLeftAndNumbersRight() {
        TextTable table = new TextTable();
        table.alignRight(false);
        table.alignRight(true);
        table.add(List.of("category", "total_sales"));
        table.add(List.of("Beauté", "1.50"));
        table.add(List.of("Electronics", "12345678.90"));

        assertThat(table.format())
                .isEqualTo(
                        """
                        category     total_sales
                        -----------  -----------
                        Beauté              1.50
                        Electronics  12345678.90
                        """);
    }

    @Test
    void showsTheHeaderOfAnEmptyResult() {
        TextTable table = new TextTable();
        table.alignRight(true);
        table.add(List.of("n"));

        assertThat(table.format()).isEqualTo("n\n-\n");
    }
}
