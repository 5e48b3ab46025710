// A file of the disk as an answer: whole or a part of it (RFC 9110 14), read while the client takes it.
#pragma once

#include <cstdint>
#include <string>

#include "api/http.hpp"

namespace dakiya::api {

struct FileAnswer {
    std::string path;
    std::uint64_t size = 0;  // bytes
    std::string type;        // MIME
    std::string filename;
    std::string tag;  // names these very bytes, in letters and digits
};

// 200, 206 for one range, or 416. Browsers are told to keep it and not to show it: who sent the file is a
// stranger.
Response file_response(const Request& request, const FileAnswer& file);

}  // namespace dakiya::api
