// Mail, read: header fields, parts, encodings, dates. Takes what mail servers and mailboxes really write, and
// never fails: what cannot be read is empty.
#ifndef DAKIYA_SMTP_MAIL_HPP
#define DAKIYA_SMTP_MAIL_HPP

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace smtp {

class Fields {
public:
    // Consumes a header and the empty line after it from the front of `text`.
    static Fields take(std::string_view& text);

    // The first field of that name (lower case), unfolded, or "".
    std::string value(std::string_view name) const;
    bool empty() const { return fields_.empty(); }

private:
    std::vector<std::pair<std::string, std::string>> fields_;  // names in lower case
};

// "text/plain; charset=utf-8" → "text/plain", and "utf-8" for "charset".
std::string media_type(std::string_view value);
std::string parameter(std::string_view value, std::string_view name);

struct Part {
    Fields header;
    std::string type;       // in lower case; "text/plain" when it is not told
    std::string_view body;  // as it came
    std::vector<Part> parts;

    std::string text() const;  // decoded, in UTF-8
    // This part or the first one inside it of that type; null when there is none.
    const Part* find(std::string_view wanted) const;
};

// `text` must outlive the part. At most 100 parts, ten deep; what is beyond is text.
Part read_mail(std::string_view text);

// RFC 2047 encoded words as UTF-8.
std::string decoded(std::string_view field);

// "Asha <a@example.com>" → "a@example.com"; "" when there is none.
std::string address_in(std::string_view field);

// Milliseconds of Unix time; 0 when it is not a date (RFC 5322 3.3).
std::int64_t read_date(std::string_view field);

}  // namespace smtp

#endif
