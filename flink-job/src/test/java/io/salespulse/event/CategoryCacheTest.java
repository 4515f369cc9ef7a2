package io.salespulse.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CategoryCacheTest {

    private static final String BEFORE = "{\"category\":\"";

    private final CategoryCache cache = new CategoryCache();

    @Test
    void findsNothingAtFirst() {
        assertThat(find("Electronics")).isNull();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 8, 9, 15, 16, 17, 23, 24, 25, 100, 400})
    void findsWhatItLearnedWhateverItsLength(int length) {
        String spelling = "abcdefghijklmnopqrstuvwxyz".repeat(20).substring(0, length);

        String learned = learn(spelling, spelling);

        assertThat(learned).isEqualTo(spelling);
        assertThat(find(spelling)).isSameAs(learned);
        assertThat(find(spelling + "x")).isNull();
        assertThat(find(spelling.substring(1))).isNull();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 8, 9, 15, 16, 17, 23, 24, 25, 100})
    void tellsSpellingsApartThatDifferInOneByte(int length) {
        String spelling = "a".repeat(length);
        learn(spelling, spelling);

        for (int i = 0; i < length; i++) {
            String other = "a".repeat(i) + "b" + "a".repeat(length - i - 1);
            assertThat(find(other)).isNull();
            assertThat(learn(other, other)).isEqualTo(other);
        }
        assertThat(find(spelling)).isEqualTo(spelling);
    }

    @Test
    void ignoresWhatSurroundsASpelling() {
        learn("Home", "Home");

        byte[] json = "???????????HomeHome\"}".getBytes(StandardCharsets.UTF_8);

        assertThat(cache.category(cache.find(json, 11, 15))).isEqualTo("Home");
        assertThat(cache.category(cache.find(json, 15, 19))).isEqualTo("Home");
        assertThat(cache.category(cache.find(json, 11, 19))).isNull();
    }

    @Test
    void givesAllSpellingsOfACategoryTheSameInstance() {
        String plain = learn("Café", "Café");
        String escaped = learn("Caf\\u00e9", new String("Café"));

        assertThat(escaped).isSameAs(plain);
        assertThat(find("Caf\\u00e9")).isSameAs(plain);
        assertThat(cache.intern(new String("Café"))).isSameAs(plain);
    }

    @Test
    void holdsTenThousandCategoriesAtOnce() {
        Map<String, String> instances = new HashMap<>();
        for (int i = 0; i < 10_000; i++) {
            String category = "Category " + i;
            instances.put(category, learn(category, category));
        }

        instances.forEach((category, instance) -> assertThat(find(category)).isSameAs(instance));
    }

    @Test
    void tellsRepeatedBytesApartByTheirNumber() {
        for (int length = 1; length <= 40; length++) {
            learn("a".repeat(length), "category " + length);
        }

        for (int length = 1; length <= 40; length++) {
            assertThat(find("a".repeat(length))).isEqualTo("category " + length);
        }
        assertThat(find("")).isNull();
        assertThat(find("a".repeat(41))).isNull();
    }

    @Test
    void findsLongSpellingsByAllTheirBytes() {
        String start = "a rather long name of a category with ";
        for (int i = 0; i < 1_000; i++) {
            learn(start + i + " in its middle", "category " + i);
        }

        for (int i = 0; i < 1_000; i++) {
            assertThat(find(start + i + " in its middle")).isEqualTo("category " + i);
        }
        assertThat(find(start + 1_000 + " in its middle")).isNull();
    }

    /** Of 10,000 in 32,768 slots chance leaves 8,617 different ones. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Category %d",
                "%d",
                "%05d",
                "cat-%x",
                "%d items",
                "a long name of a category, then %d",
                "%08d and then a rather long remainder"
            })
    void spreadsNumberedNames(String format) {
        Set<Integer> slots = new HashSet<>();
        for (int i = 0; i < 10_000; i++) {
            byte[] json = document(format.formatted(i));
            int to = json.length - 2;
            slots.add(
                    CategoryCache.home(
                            CategoryCache.head(json, BEFORE.length(), to),
                            CategoryCache.tail(json, BEFORE.length(), to),
                            32_768));
        }

        assertThat(slots).hasSizeGreaterThan(8_000);
    }

    @Test
    void startsOverInsteadOfGrowing() {
        CategoryCache small = new CategoryCache(4);
        for (int i = 0; i < 4; i++) {
            learn(small, "known " + i, "known " + i);
        }
        assertThat(find(small, "known 0")).isEqualTo("known 0");

        learn(small, "one more", "one more");

        assertThat(find(small, "known 0")).isNull();
        assertThat(find(small, "one more")).isEqualTo("one more");
    }

    @Test
    void startsOverAlsoWhenOnlyInterning() {
        CategoryCache small = new CategoryCache(4);
        String first = learn(small, "first", "first");
        for (int i = 0; i < 3; i++) {
            small.intern("interned " + i);
        }
        assertThat(small.intern(new String("first"))).isSameAs(first);

        small.intern("one more");

        assertThat(find(small, "first")).isNull();
    }

    @Test
    void staysCorrectUnderEndlessNewCategories() {
        CategoryCache small = new CategoryCache(64);
        for (int i = 0; i < 100_000; i++) {
            String category = "random " + i * 0x9E3779B9;
            String instance = learn(small, category, category);
            assertThat(find(small, category)).isSameAs(instance);
        }
    }

    private String find(String spelling) {
        return find(cache, spelling);
    }

    private String learn(String spelling, String category) {
        return learn(cache, spelling, category);
    }

    /** Null if the spelling is not known. */
    private static String find(CategoryCache cache, String spelling) {
        byte[] json = document(spelling);
        int slot = cache.find(json, BEFORE.length(), json.length - 2);
        return cache.category(slot);
    }

    private static String learn(CategoryCache cache, String spelling, String category) {
        byte[] json = document(spelling);
        return cache.learn(json, BEFORE.length(), json.length - 2, category);
    }

    private static byte[] document(String spelling) {
        return (BEFORE + spelling + "\"}").getBytes(StandardCharsets.UTF_8);
    }
}
