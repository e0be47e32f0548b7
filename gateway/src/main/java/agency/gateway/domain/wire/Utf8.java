package agency.gateway.domain.wire;

/** UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing beyond U+10FFFF. */
final class Utf8 {
    private Utf8() {}

    /** Passes one character of two bytes or more; gives where the next one begins. */
    static int pass(byte[] bytes, int at, int end) {
        int lead = bytes[at] & 0xff;
        int more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
        boolean good = lead >= 0xc2 && lead <= 0xf4 && at + more < end;
        for (int i = 1; good && i <= more; i++) good = (bytes[at + i] & 0xc0) == 0x80;
        if (good && more > 1) {
            int second = bytes[at + 1] & 0xff;
            good =
                    switch (lead) {
                        case 0xe0 -> second >= 0xa0;
                        case 0xed -> second < 0xa0;
                        case 0xf0 -> second >= 0x90;
                        case 0xf4 -> second < 0x90;
                        default -> true;
                    };
        }
        if (!good) throw new MalformedJson(at, "the text is not valid UTF-8");
        return at + more + 1;
    }

    /** How many characters begin in these bytes. */
    static int characters(byte[] bytes, int from, int to) {
        int count = 0;
        for (int i = from; i < to; i++) if ((bytes[i] & 0xc0) != 0x80) count++;
        return count;
    }
}
