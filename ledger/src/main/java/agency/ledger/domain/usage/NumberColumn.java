package agency.ledger.domain.usage;

/**
 * A column of numbers as text: numbers separated by spaces, and a number that repeats written once
 * as {@code number*times}. {@code 200*511 429} is 511 times 200 and one 429. Made for the body of a
 * fact: short, quick to write and to read, and legible with nothing but eyes.
 */
final class NumberColumn {
    private NumberColumn() {}

    /** Writes a column, number by number. */
    static final class Writer {
        private final StringBuilder text = new StringBuilder();
        private long last;
        private int times;

        void add(long number) {
            if (times > 0 && number == last) {
                times++;
                return;
            }
            flush();
            last = number;
            times = 1;
        }

        String text() {
            flush();
            times = 0;
            return text.toString();
        }

        private void flush() {
            if (times == 0) {
                return;
            }
            if (!text.isEmpty()) {
                text.append(' ');
            }
            text.append(last);
            if (times > 1) {
                text.append('*').append(times);
            }
        }
    }

    /** Reads a column, number by number; throws {@link IllegalArgumentException} for no column. */
    static final class Reader {
        private final String text;
        private int at;
        private long number;
        private long times;

        Reader(String text) {
            this.text = text;
        }

        long next() {
            if (times == 0) {
                number = parse();
                times = 1;
                if (at < text.length() && text.charAt(at) == '*') {
                    at++;
                    times = parse();
                    if (times < 1) {
                        throw bad();
                    }
                }
                if (at < text.length() && text.charAt(at++) != ' ') {
                    throw bad();
                }
            }
            times--;
            return number;
        }

        boolean ended() {
            return times == 0 && at >= text.length();
        }

        private long parse() {
            boolean negative = at < text.length() && text.charAt(at) == '-';
            if (negative) {
                at++;
            }
            int from = at;
            long value = 0;
            while (at < text.length()) {
                int digit = text.charAt(at) - '0';
                if (digit < 0 || digit > 9) {
                    break;
                }
                value = Math.addExact(Math.multiplyExact(value, 10), digit);
                at++;
            }
            if (at == from) {
                throw bad();
            }
            return negative ? -value : value;
        }

        private IllegalArgumentException bad() {
            return new IllegalArgumentException("not a column of numbers at character " + at);
        }
    }
}
