// A small client of the REST API, for commands that act like any other program.
#pragma once

#include <memory>
#include <string>

#include "base/result.hpp"
#include "dakiya/json.hpp"

namespace Poco::Net {
class HTTPClientSession;
}

namespace dakiya::app {

class Rest {
public:
    // url: "http://host:port". Throws Poco::Exception when it is no such address.
    Rest(const std::string& url, std::string key);
    ~Rest();

    // The body of a 2xx answer. The Error is the problem document's sentence, or that nobody answered.
    Result<Json> get(const std::string& path);
    Result<Json> post(const std::string& path, const Json& body);
    Result<Json> post_file(const std::string& path, const std::string& file, const std::string& type);

private:
    Result<Json> call(const std::string& method, const std::string& path, const std::string& type,
                      std::istream* body, std::streamsize size);

    std::unique_ptr<Poco::Net::HTTPClientSession> session_;
    const std::string key_;
};

}  // namespace dakiya::app
