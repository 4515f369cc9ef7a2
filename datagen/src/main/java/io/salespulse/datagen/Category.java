package io.salespulse.datagen;

import java.util.List;

/** A category and what is sold in it. */
record Category(String name, List<Product> products) {

    /** Whether the pipeline takes this name (docs/rules.md, section 4). */
    static boolean isValidName(String name) {
        int codePoints = name.codePointCount(0, name.length());
        return codePoints >= 1
                && codePoints <= 100
                && !name.codePoints().allMatch(Character::isWhitespace)
                && name.codePoints().noneMatch(Character::isISOControl)
                && name.codePoints()
                        .noneMatch(
                                c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
    }
}
