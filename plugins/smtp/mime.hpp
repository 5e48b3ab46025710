// MIME, written: header fields, encodings and nested parts (RFC 2045, 2046, 2047, 2231, 5322). What comes out
// is 7-bit with lines of at most 78 characters, so that no server on the way changes a byte that DKIM signed.
#ifndef DAKIYA_SMTP_MIME_HPP
#define DAKIYA_SMTP_MIME_HPP

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace smtp::mime {

// A message or a part of one, in pieces: text, or the address of a file that the host puts there in base64.
struct Piece {
    std::string text;
    std::string url;  // instead of text
};
using Pieces = std::vector<Piece>;

// "Subject: …\r\n", folded. Other than ASCII becomes encoded words; control characters become blanks.
std::string field(std::string_view name, std::string_view value);
// "From: =?UTF-8?B?…?= <a@example.com>\r\n"; without a display name only the address.
std::string address_field(std::string_view name, std::string_view display, std::string_view address);
// RFC 5322 3.3, in UTC.
std::string date(std::int64_t unix_ms);

std::string quoted_printable(std::string_view text);

// A text part with its header: 7bit when it is short ASCII lines, else quoted-printable, or base64 for
// scripts that are mostly not ASCII. subtype: "plain", "html".
Pieces text_part(std::string_view subtype, std::string_view text);

struct File {
    std::string filename, type;
    std::string data;  // base64
    std::string url;   // instead of data
    std::string cid;   // empty: an attachment, else shown by the HTML
};
Pieces file_part(const File& file);

// "multipart/…" with its header. boundary: occurs in no part, see boundary().
Pieces multipart(std::string_view subtype, std::string_view boundary, const std::vector<Pieces>& parts);

// "=_" occurs in nothing that the functions above encode.
std::string boundary(int level, std::string_view ref);

}  // namespace smtp::mime

#endif
