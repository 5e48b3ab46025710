#include "app/cli/rest.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>

#include <Poco/Exception.h>
#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/StreamCopier.h>
#include <Poco/URI.h>

#include "base/id.hpp"

namespace dakiya::app {

namespace {

Result<Json> read_answer(const Poco::Net::HTTPResponse& response, const std::string& body) {
    const int status = response.getStatus();
    Json json;
    try {
        if (!body.empty()) json = Json::parse(body);
    } catch (const JsonError& error) {
        return Error{Code::unavailable, "the answer is not of a Dakiya server: " + std::string(error.what()),
                     ""};
    }
    if (status >= 200 && status < 300) return json;
    std::string text = json.value("detail", "the server answered " + std::to_string(status));
    if (const std::string field = json.value("field", ""); !field.empty()) text = field + ": " + text;
    return Error{Code::invalid, text, ""};
}

}  // namespace

Rest::Rest(const std::string& url, std::string key) : key_(std::move(key)) {
    const Poco::URI uri(url);
    session_ = std::make_unique<Poco::Net::HTTPClientSession>(uri.getHost(), uri.getPort());
    session_->setKeepAlive(true);
    session_->setTimeout(Poco::Timespan(60, 0));
}

Rest::~Rest() = default;

Result<Json> Rest::get(const std::string& path) { return call("GET", path, "", nullptr, 0); }

Result<Json> Rest::post(const std::string& path, const Json& body) {
    const std::string text = body.dump();
    std::istringstream stream(text);
    return call("POST", path, "application/json", &stream, static_cast<std::streamsize>(text.size()));
}

Result<Json> Rest::post_file(const std::string& path, const std::string& file, const std::string& type) {
    std::ifstream stream(file, std::ios::binary);
    if (!stream) return Error{Code::not_found, "the file " + file + " cannot be read", ""};
    return call("POST", path, type, &stream, static_cast<std::streamsize>(std::filesystem::file_size(file)));
}

Result<Json> Rest::call(const std::string& method, const std::string& path, const std::string& type,
                        std::istream* body, std::streamsize size) {
    try {
        Poco::Net::HTTPRequest request(method, path, Poco::Net::HTTPMessage::HTTP_1_1);
        request.set("Authorization", "Bearer " + key_);
        if (body) {
            request.setContentType(type);
            request.setContentLength64(size);
            request.set("Idempotency-Key", random_token());
        }
        std::ostream& out = session_->sendRequest(request);
        if (body) Poco::StreamCopier::copyStream(*body, out);
        Poco::Net::HTTPResponse response;
        std::string answer;
        Poco::StreamCopier::copyToString(session_->receiveResponse(response), answer);
        return read_answer(response, answer);
    } catch (const Poco::Exception& error) {
        return Error{Code::unavailable,
                     "no answer from " + session_->getHost() + ":" + std::to_string(session_->getPort()) +
                         ": " + error.displayText(),
                     ""};
    }
}

}  // namespace dakiya::app
