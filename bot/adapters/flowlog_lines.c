/* Cuts flow-log lines into columns, megabytes at a time, where every line is written exactly as AWS writes it: as
 * many words as there are fields, one space between them, one newline behind them, a dash for what is missing, and
 * nothing missing that a record with the status OK must have. Anything else, were it a tab or a number with a leading
 * zero, refuses the whole text: whoever called reads it in another way then, and nothing is guessed here.
 *
 * Words are looked at eight bytes at once, as numbers, and with few branches: a branch that depends on how long a
 * word is goes the wrong way every second time, and takes longer than the word.
 *
 * An address is taken as the number that it stands for, where all of a text's are IPv4; that takes a third of the room.
 * Three further functions look at a column's addresses, as texts and as numbers.
 *
 * Memory: text[0..size) is read, and nothing around it. A column takes up to `rows` values and `room` bytes of
 * text, which the caller has allocated. Calls share nothing, so that threads may call at once.
 */

#include <stdint.h>
#include <string.h>

#define VERSION 3
#define REFUSED (-1)
#define NOT_IPV4 (-2) /* as REFUSED, for the only thing that was odd so far is an address that has no number */
#define MOST_TEXTS (1u << 15) /* different ones in a column of few */
#define SLOTS (2 * MOST_TEXTS)
#define BLOCK 64 /* bytes whose ends of words are found together */
#define STOPS 4096 /* ends of words that are found ahead */

#define EACH(byte) (0x0101010101010101u * (uint64_t)(byte))
#define HIGHS EACH(0x80)

enum kind { SKIPPED, NUMBER, ADDRESS, TEXT, FEW_TEXTS, STATUS, ADDRESS_NUMBER };

/* flowlog_lines.py says the same. */
struct column {
    int32_t kind;
    int32_t width;     /* bytes of a NUMBER: 1, 2, 4 or 8 */
    int64_t most;      /* a NUMBER's largest value */
    int32_t is_needed; /* by a record whose status is OK */
    uint32_t texts;    /* how many texts there are: all, or the different ones */
    int64_t missing;   /* how many values are */
    uint8_t *valid;    /* a bit for each row, set to begin with */
    void *values;      /* numbers; of addresses, uint32; of few texts, the number of each, int32 */
    int32_t *ends;     /* where each text ends in `data`, behind a first zero */
    uint8_t *data;
    int64_t room;    /* bytes of `data` */
    uint32_t *slots; /* SLOTS zeros, for FEW_TEXTS and STATUS */
};

struct text {
    const uint8_t *begin, *end;
};

int32_t flowlog_lines_version(void) { return VERSION; }

int64_t flowlog_lines_count(const uint8_t *text, int64_t size) {
    int64_t lines = 0;
    const uint8_t *end = text + size;
    while (text < end && (text = memchr(text, '\n', (size_t)(end - text)))) lines++, text++;
    return lines;
}

/* Eight bytes, of which the first is the lowest. */
static inline uint64_t load(const uint8_t *at) {
    uint64_t eight;
    memcpy(&eight, at, 8);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    eight = __builtin_bswap64(eight);
#endif
    return eight;
}

/* The high bit of each byte that is above `most`, which is below 0x80. */
static inline uint64_t find_above(uint64_t eight, uint8_t most) {
    return (((eight & ~HIGHS) + EACH(0x7F - most)) | eight) & HIGHS;
}

/* The high bits of eight bytes, side by side. */
static inline uint64_t gather(uint64_t highs) { return ((highs >> 7) * 0x0102040810204080u) >> 56; }

/* One bit for each byte of a block that is no part of a word: spaces, newlines and what is below them. */
static inline uint64_t find_stops(const uint8_t *block) {
    uint64_t stops = 0;
    for (int part = 0; part < BLOCK / 8; part++) {
        stops |= gather(find_above(load(block + 8 * part), ' ') ^ HIGHS) << (8 * part);
    }
    return stops;
}

/* Up to eight bytes of a word, zeros behind them. */
static inline uint64_t load_word(struct text text, const uint8_t *word, int64_t size) {
    uint8_t padded[8] = {0};
    if (size >= 8) return load(word);
    if (text.end - word >= 8) return load(word) & ((1ull << (8 * size)) - 1);
    memcpy(padded, word, (size_t)size);
    return load(padded);
}

/* Up to eight digits as a number; `odd` gets bits where there is anything else. */
static inline uint64_t read_digits(struct text text, const uint8_t *word, int64_t size, uint64_t *odd) {
    uint64_t digits = (load_word(text, word, size) ^ EACH('0')) << (8 * (8 - size)); /* as if zeros stood before it */
    *odd |= find_above(digits, 9);
    digits = digits * 10 + (digits >> 8);
    return (((digits & 0x000000FF000000FF) * 0x000F424000000064) + (((digits >> 16) & 0x000000FF000000FF) * 0x0000271000000001))
        >> 32;
}

static int read_number(struct text text, struct column *column, int64_t row, const uint8_t *word, int64_t size) {
    uint64_t odd = *word == '0' && size > 1, number;
    if (size > 16) return 0;
    if (size <= 8) {
        number = read_digits(text, word, size, &odd);
    } else {
        number = read_digits(text, word, size - 8, &odd) * 100000000;
        number += read_digits(text, word + size - 8, 8, &odd);
    }
    if (odd || number > (uint64_t)column->most) return 0;
    switch (column->width) {
    case 1: ((uint8_t *)column->values)[row] = (uint8_t)number; break;
    case 2: ((uint16_t *)column->values)[row] = (uint16_t)number; break;
    case 4: ((uint32_t *)column->values)[row] = (uint32_t)number; break;
    default: ((uint64_t *)column->values)[row] = number;
    }
    return 1;
}

static inline int add_text(struct text text, struct column *column, const uint8_t *word, int64_t size) {
    int32_t used = column->ends[column->texts];
    if (column->room - used < size) return 0;
    if (size <= 16 && column->room - used >= 16 && text.end - word >= 16) {
        memcpy(column->data + used, word, 16); /* more than needed, but always as much */
    } else {
        memcpy(column->data + used, word, (size_t)size);
    }
    column->ends[++column->texts] = used + (int32_t)size;
    return 1;
}

static int is_plain(const uint8_t *word, int64_t size) {
    uint8_t all = 0;
    for (int64_t at = 0; at < size; at++) all |= word[at];
    return all < 0x80;
}

/* The high bit of each byte that is neither a digit nor a dot; `dots` gets those of the dots. */
static inline uint64_t find_undotted(uint64_t eight, uint64_t *dots) {
    uint64_t dot = find_above(eight ^ EACH('.'), 0) ^ HIGHS;
    *dots |= dot;
    return find_above(eight ^ EACH('0'), 9) & ~dot;
}

/* Whether a word is spelled with what an address is spelled with. */
static int is_address(const uint8_t *word, int64_t size) {
    int64_t dots = 0, colons = 0, digits = 0, letters = 0;
    if (size >= 8 && size <= 16) {
        uint64_t found = 0;
        if (!(find_undotted(load(word), &found) | find_undotted(load(word + size - 8), &found)) && found) return 1;
    }
    for (int64_t at = 0; at < size; at++) {
        uint8_t byte = word[at], small = byte | 0x20;
        dots += byte == '.';
        colons += byte == ':';
        digits += byte >= '0' && byte <= '9';
        letters += small >= 'a' && small <= 'f';
    }
    return dots + colons + digits + letters == size && (colons ? colons > 1 : dots > 0 && !letters);
}

/* An octet's digits as a number, without a branch; above 255 where it is not written as AWS writes it. */
static inline uint32_t read_octet(const uint8_t *digits, uint32_t size) {
    uint32_t four = (uint32_t)(load(digits) ^ EACH('0')), odd = size - 1 > 2;
    odd |= size > 1 && !(four & 0xFF); /* a leading zero */
    four <<= 8 * ((4 - size) & 3);
    return (four >> 24) + (four >> 16 & 0xFF) * 10 + (four >> 8 & 0xFF) * 100 + (odd << 16);
}

/* A word as a number, where it is an IPv4 address as AWS writes it: four numbers without leading zeros. */
static inline int read_ipv4(struct text text, const uint8_t *word, int64_t size, uint32_t *number) {
    uint8_t padded[24];
    uint64_t found[2] = {0, 0}, odd;
    uint32_t dots, third, ends[4], octets[4], begin = 0;
    if (size < 7 || size > 15) return 0;
    if (text.end - word < 24) {
        memset(padded, 0, sizeof padded);
        memcpy(padded, word, (size_t)size);
        word = padded;
    }
    uint64_t high = size > 8 ? ~0ull >> (8 * (16 - size)) : 0, low = size >= 8 ? ~0ull : ~0ull >> 8;
    odd = find_undotted(load(word), found) & low;
    odd |= find_undotted(load(word + 8), found + 1) & high;
    dots = (uint32_t)(gather(found[0] & low) | gather(found[1] & high) << 8);
    third = dots & (dots - 1), third &= third - 1; /* all but the first two */
    if (odd || !third || third & (third - 1)) return 0;
    for (int octet = 0; octet < 3; octet++, dots &= dots - 1) ends[octet] = (uint32_t)__builtin_ctz(dots);
    ends[3] = (uint32_t)size;
    for (int octet = 0; octet < 4; octet++) {
        octets[octet] = read_octet(word + begin, ends[octet] - begin);
        begin = ends[octet] + 1;
    }
    *number = octets[0] << 24 | octets[1] << 16 | octets[2] << 8 | octets[3];
    return (octets[0] | octets[1] | octets[2] | octets[3]) < 256;
}

static inline uint64_t mix(uint64_t sum, uint64_t eight) {
    sum = (sum ^ eight) * 0x9E3779B97F4A7C15u;
    return sum ^ (sum >> 32);
}

static inline uint32_t hash(struct text text, const uint8_t *word, int64_t size) {
    uint64_t sum = mix((uint64_t)size, load_word(text, word, size));
    for (int64_t at = 8; at < size; at += 8) sum = mix(sum, load(word + (at + 8 <= size ? at : size - 8)));
    return (uint32_t)sum % SLOTS;
}

/* Whether two texts of the same size are the same: most are short, and a call takes longer than a look. */
static inline int is_same(struct text text, const uint8_t *word, struct text other, const uint8_t *known, int64_t size) {
    if (load_word(text, word, size) != load_word(other, known, size)) return 0;
    for (int64_t at = 8; at < size; at += 8) {
        int64_t from = at + 8 <= size ? at : size - 8;
        if (load(word + from) != load(known + from)) return 0;
    }
    return 1;
}

static int number_text(struct text text, struct column *column, int64_t row, const uint8_t *word, int64_t size) {
    struct text known = {column->data, column->data + column->room};
    uint32_t slot = hash(text, word, size), number;
    while ((number = column->slots[slot])) {
        int32_t begin = column->ends[number - 1];
        if (column->ends[number] - begin == size && is_same(text, word, known, column->data + begin, size)) break;
        slot = (slot + 1) % SLOTS;
    }
    if (!number) {
        if (column->texts == MOST_TEXTS || !is_plain(word, size) || !add_text(text, column, word, size)) return 0;
        number = column->slots[slot] = column->texts;
    }
    ((int32_t *)column->values)[row] = (int32_t)number - 1;
    return 1;
}

static inline void clear_bit(uint8_t *bits, int64_t row) { bits[row >> 3] &= (uint8_t)~(1u << (row & 7)); }

static int leave_out(struct text text, struct column *column, int64_t row) {
    column->missing++;
    clear_bit(column->valid, row);
    switch (column->kind) {
    case ADDRESS:
    case TEXT: return add_text(text, column, text.begin, 0);
    case NUMBER: memset((uint8_t *)column->values + row * column->width, 0, (size_t)column->width); return 1;
    case STATUS: return 0;
    default: ((int32_t *)column->values)[row] = 0; return 1;
    }
}

static int read_word(struct text text, struct column *column, int64_t row, const uint8_t *word, int64_t size) {
    switch (column->kind) {
    case NUMBER: return read_number(text, column, row, word, size);
    case ADDRESS: return is_address(word, size) && add_text(text, column, word, size);
    case TEXT: return is_plain(word, size) && add_text(text, column, word, size);
    case ADDRESS_NUMBER:
        return read_ipv4(text, word, size, (uint32_t *)column->values + row) ? 1 : is_address(word, size) ? NOT_IPV4 : 0;
    default: return number_text(text, column, row, word, size);
    }
}

/* Where the next words end, as many as there is room for; `*at` is up to where the text was looked through. */
static int find_words(struct text text, const uint8_t **at, const uint8_t **stops) {
    int found = 0;
    while (found <= STOPS - BLOCK && *at < text.end) {
        const uint8_t *begin = *at, *block = begin;
        int64_t size = text.end - begin;
        uint8_t padded[BLOCK];
        if (size < BLOCK) {
            memset(padded, 'x', BLOCK);
            block = memcpy(padded, begin, (size_t)size);
        } else {
            size = BLOCK;
        }
        for (uint64_t bits = find_stops(block); bits; bits &= bits - 1) stops[found++] = begin + __builtin_ctzll(bits);
        *at = begin + size;
    }
    return found;
}

/* Read all lines into the columns, one for each field of a line, in the same order. Returns REFUSED, NOT_IPV4, or how
 * many lines there are, which is at most `rows`. */
int64_t flowlog_lines_read(
    const uint8_t *begin, int64_t size, struct column *columns, int32_t fields, int64_t rows) {
    struct text text = {begin, begin + size};
    const uint8_t *word = begin, *ahead = begin, *stops[STOPS];
    int64_t row = 0;
    int32_t field = 0;
    int is_ok = 0, lacks = 0;
    if (size < 1 || begin[size - 1] != '\n') return REFUSED;
    while (ahead < text.end) {
        int words = find_words(text, &ahead, stops);
        for (int next = 0; next < words; next++) {
            struct column *column = columns + field++;
            const uint8_t *stop = stops[next];
            int64_t length = stop - word;
            int is_last = field == fields;
            if (!length || row == rows || *stop != (is_last ? '\n' : ' ')) return REFUSED;
            if (column->kind != SKIPPED) {
                if (length == 1 && *word == '-') {
                    lacks |= column->is_needed;
                    if (!leave_out(text, column, row)) return REFUSED;
                } else {
                    int told = read_word(text, column, row, word, length);
                    if (told != 1) return told ? told : REFUSED;
                }
                if (column->kind == STATUS) is_ok = length == 2 && word[0] == 'O' && word[1] == 'K';
            }
            word = stop + 1;
            if (is_last) {
                if (is_ok && lacks) return REFUSED;
                field = is_ok = lacks = 0;
                row++;
            }
        }
    }
    return field ? REFUSED : row;
}

/* Set the bit of each text that begins so. Each of the texts ends in `data`, of which there are `size` bytes, where
 * the next one begins. */
void flowlog_lines_find_beginning(
    const int32_t *begins, const uint8_t *data, int64_t size, int64_t rows, const uint8_t *beginning, int64_t length,
    uint8_t *found) {
    struct text text = {data, data + size}, sought = {beginning, beginning + length};
    int64_t at_once = length < 8 ? length : 8;
    uint64_t first = load_word(sought, beginning, at_once);
    for (int64_t row = 0; row < rows; row++) {
        const uint8_t *word = data + begins[row];
        if (begins[row + 1] - begins[row] < length || load_word(text, word, at_once) != first) continue;
        if (length > 8 && memcmp(word + 8, beginning + 8, (size_t)length - 8)) continue;
        found[row >> 3] |= (uint8_t)(1u << (row & 7));
    }
}

/* Read texts as numbers. Each ends in `data`, of which there are `size` bytes, where the next one begins. `valid` has a
 * bit for each, set to begin with, and not afterwards where the text is no IPv4 address. Returns how many are none. */
int64_t flowlog_lines_number_addresses(
    const int32_t *begins, const uint8_t *data, int64_t size, int64_t rows, uint32_t *numbers, uint8_t *valid) {
    struct text text = {data, data + size};
    int64_t others = 0;
    for (int64_t row = 0; row < rows; row++) {
        if (!read_ipv4(text, data + begins[row], begins[row + 1] - begins[row], numbers + row)) {
            numbers[row] = 0;
            clear_bit(valid, row);
            others++;
        }
    }
    return others;
}

static inline uint8_t *write_octet(uint8_t *at, uint32_t octet) {
    if (octet > 99) *at++ = (uint8_t)('0' + octet / 100);
    if (octet > 9) *at++ = (uint8_t)('0' + octet / 10 % 10);
    *at++ = (uint8_t)('0' + octet % 10);
    return at;
}

/* Write numbers as IPv4 addresses, of up to 15 bytes each, one behind the other; `ends` takes where each of them ends,
 * behind a first zero. */
void flowlog_lines_write_addresses(const uint32_t *numbers, int64_t rows, int32_t *ends, uint8_t *data) {
    uint8_t *at = data;
    ends[0] = 0;
    for (int64_t row = 0; row < rows; row++) {
        for (int shift = 24; shift >= 0; shift -= 8) {
            at = write_octet(at, numbers[row] >> shift & 0xFF);
            if (shift) *at++ = '.';
        }
        ends[row + 1] = (int32_t)(at - data);
    }
}
