// Files that messages carry: which types are taken, whether a file is what it says, and what may be done with
// its name.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace dakiya {

namespace prefix {
inline constexpr std::string_view media = "med";
}

namespace domain {

// So many bytes of a file's beginning are enough for sniffed_type().
inline constexpr std::size_t sniffed_bytes = 4096;

// What the beginning of a file says that it is: "image/png"; "application/x-executable" for programs and
// scripts; "text/html" for what a browser would run; "text/plain" for any other text; "" when nobody can say.
// Families that cannot be told apart are one: "application/zip" (Office files), "application/x-ole" (older
// ones), "video/mp4" (also audio and 3GPP), "audio/ogg".
std::string sniffed_type(std::string_view beginning);

// The declared MIME type, in lower case and without parameters, when files of it are taken and this one is
// one. Code::unsupported names what is taken; Code::invalid says what the file is instead.
Result<std::string> checked_type(std::string_view declared, std::string_view beginning);

// The type of a file that somebody sent us, whatever its provider says: as above, or
// "application/octet-stream", which nobody opens by itself. Code::unsupported: a program.
Result<std::string> received_type(std::string_view declared, std::string_view beginning);

// Whether a message of that media type ("image", "document", …) may carry such a file.
bool fits(std::string_view media_type, std::string_view mime);

// A name without folders, control characters and quotes, of at most 240 characters; "file.<ending of the
// type>" when nothing is left.
std::string safe_filename(std::string_view name, std::string_view mime);

// The same in the characters that need no encoding in an address.
std::string address_filename(std::string_view name, std::string_view mime);

}  // namespace domain

}  // namespace dakiya
