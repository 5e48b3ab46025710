// A request and an answer as the handlers see them: values, nothing of sockets or Poco.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.hpp"

namespace dakiya::api {

struct Header {
    std::string name;  // requests: lower case
    std::string value;
};

// A file that is removed with its last owner, unless it was kept.
class SpoolFile {
public:
    // Makes an empty file with a random name, readable by us only. Throws std::system_error.
    explicit SpoolFile(const std::string& folder);
    ~SpoolFile();
    SpoolFile(const SpoolFile&) = delete;
    SpoolFile& operator=(const SpoolFile&) = delete;

    void append(std::string_view bytes);  // throws std::system_error: disk full
    void sync();                          // on the disk when it returns; throws std::system_error
    const std::string& path() const { return path_; }
    std::string keep();  // the caller owns the file from here on

private:
    std::string path_;
    int file_ = -1;
};

struct Request {
    std::string method;
    std::string target;                                      // as it came: "/v1/contacts?limit=2"
    std::string path;                                        // still percent-encoded
    std::vector<std::pair<std::string, std::string>> query;  // decoded
    std::vector<Header> headers;
    std::string body;                 // up to Limits::memory_body bytes
    std::unique_ptr<SpoolFile> file;  // a larger body
    std::string peer;                 // address without port
    std::string id;                   // for the log and the caller

    // The first header of that name (given in lower case), or "".
    std::string_view header(std::string_view name) const;
};

struct Response {
    int status = 200;
    std::vector<Header> headers;
    std::string body;
    // Instead of body: the next piece, empty at the end. Called on worker threads, one call at a time, as
    // fast as the client reads, so it must not hold a session or a lock between calls.
    std::function<std::string()> stream;
    // Bytes of the stream, when they are known: it then goes out as one piece with its length.
    std::optional<std::uint64_t> length = {};
};

// How much of a body the server should take.
struct Allowance {
    std::size_t most = 0;  // bytes
};

class Handler {
public:
    virtual ~Handler() = default;
    // [worker threads] Asked before a body that is large or of unknown size is read, so that nobody makes
    // us store 512 MiB without a key. The head of the request is there, its body is not.
    virtual std::variant<Allowance, Response> admit(const Request& head) = 0;
    // [worker threads]
    virtual Response handle(Request& request) = 0;
    // [any thread] The answer to a request that we could not read.
    virtual Response refuse(const Request& request, int status, const Error& error) = 0;
};

// "%41+b" → "A b" (plus is a space only in queries). Nothing when a percent sign is not followed by two
// hex digits.
std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space);

}  // namespace dakiya::api
