package io.salespulse.datagen;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What is sold.
 *
 * @param categories at least one, with names that differ
 */
record Catalog(List<Category> categories) {

    static final int MAX_GENERATED_CATEGORIES = 1_000_000;
    static final List<String> PAYMENT_METHODS =
            List.of("Credit Card", "Debit Card", "PayPal", "Apple Pay");
    static final int USERS = 1_000;

    private static final List<Product> GENERIC_PRODUCTS =
            List.of(
                    new Product("Basic", 5_00, 25_00),
                    new Product("Standard", 20_00, 80_00),
                    new Product("Premium", 60_00, 250_00),
                    new Product("Deluxe", 200_00, 900_00));

    private static final List<Category> STORE =
            List.of(
                    new Category(
                            "Electronics",
                            List.of(
                                    new Product("Wireless Mouse", 14_99, 129_99),
                                    new Product("Mechanical Keyboard", 59_00, 229_00),
                                    new Product("USB-C Charger", 12_50, 69_90),
                                    new Product("Noise-Cancelling Headphones", 89_00, 449_00),
                                    new Product("Smartphone", 249_00, 1_399_00),
                                    new Product("Laptop", 599_00, 2_499_00),
                                    new Product("4K Monitor", 229_00, 899_00),
                                    new Product("Fitness Tracker", 39_90, 199_00))),
                    new Category(
                            "Fashion",
                            List.of(
                                    new Product("T-Shirt", 9_90, 39_90),
                                    new Product("Slim Jeans", 29_90, 129_00),
                                    new Product("Running Shoes", 49_90, 219_00),
                                    new Product("Rain Jacket", 59_00, 349_00),
                                    new Product("Leather Belt", 14_90, 89_00),
                                    new Product("Wool Sweater", 39_90, 189_00))),
                    new Category(
                            "Grocery",
                            List.of(
                                    new Product("Organic Bananas", 1_29, 4_99),
                                    new Product("Ground Coffee", 4_49, 16_99),
                                    new Product("Olive Oil", 5_99, 24_99),
                                    new Product("Basmati Rice", 2_49, 12_99),
                                    new Product("Dark Chocolate", 99, 6_49),
                                    new Product("Cheddar Cheese", 2_99, 11_49))),
                    new Category(
                            "Home",
                            List.of(
                                    new Product("Desk Lamp", 17_90, 119_00),
                                    new Product("Throw Pillow", 9_90, 49_90),
                                    new Product("Cookware Set", 69_00, 399_00),
                                    new Product("Vacuum Cleaner", 89_00, 649_00),
                                    new Product("Bath Towels", 12_90, 59_90),
                                    new Product("Bookshelf", 49_00, 299_00))),
                    new Category(
                            "Beauty",
                            List.of(
                                    new Product("Face Cream", 8_90, 89_00),
                                    new Product("Shampoo", 3_49, 24_90),
                                    new Product("Lipstick", 6_90, 39_00),
                                    new Product("Eau de Parfum", 34_00, 189_00),
                                    new Product("Sunscreen", 5_90, 29_90),
                                    new Product("Hair Dryer", 24_90, 399_00))),
                    new Category(
                            "Sports",
                            List.of(
                                    new Product("Yoga Mat", 14_90, 89_00),
                                    new Product("Dumbbell Set", 29_90, 249_00),
                                    new Product("Tennis Racket", 39_00, 279_00),
                                    new Product("Water Bottle", 7_90, 44_90),
                                    new Product("Bicycle Helmet", 29_90, 199_00),
                                    new Product("Camping Tent", 79_00, 549_00))));

    /** The six categories of the store. */
    static Catalog store() {
        return new Catalog(STORE);
    }

    /** {@code Category 1} to {@code Category N}, all with the same products. */
    static Catalog generated(int categories) {
        return ofNames(IntStream.rangeClosed(1, categories).mapToObj(n -> "Category " + n));
    }

    /**
     * Reads {@code store}'s names, a number of generated categories, or names separated by commas.
     * A name of the store keeps the store's products.
     *
     * @throws IllegalArgumentException with a message that says what is allowed
     */
    static Catalog parse(String text) {
        if (text.matches("[0-9]+")) {
            return generated(parseNumber(text));
        }
        List<String> names = List.of(text.split(",", -1));
        Set<String> seen = new HashSet<>();
        for (String name : names) {
            if (!Category.isValidName(name)) {
                throw new IllegalArgumentException(
                        "'"
                                + name
                                + "' is not a category: 1 to 100 characters, not blank, no control characters");
            }
            if (!seen.add(name)) {
                throw new IllegalArgumentException("'" + name + "' is named twice");
            }
        }
        return ofNames(names.stream());
    }

    List<String> names() {
        return categories.stream().map(Category::name).toList();
    }

    private static int parseNumber(String text) {
        if (text.length() <= 7) {
            int number = Integer.parseInt(text);
            if (number >= 1 && number <= MAX_GENERATED_CATEGORIES) {
                return number;
            }
        }
        throw new IllegalArgumentException(
                "'"
                        + text
                        + "' is not a number of categories from 1 to "
                        + MAX_GENERATED_CATEGORIES);
    }

    private static Catalog ofNames(Stream<String> names) {
        return new Catalog(names.map(Catalog::category).toList());
    }

    private static Category category(String name) {
        return STORE.stream()
                .filter(known -> known.name().equals(name))
                .findFirst()
                .orElseGet(() -> new Category(name, GENERIC_PRODUCTS));
    }
}
