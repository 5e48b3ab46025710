#include "client.hpp"

#include <sstream>
#include <stdexcept>

#include <Poco/Exception.h>
#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/StreamCopier.h>
#include <Poco/String.h>

namespace blackbox {

namespace {

Json expect(const Answer& answer, int status, const std::string& what) {
    if (answer.status != status)
        throw std::runtime_error(what + " → " + std::to_string(answer.status) + ", not " +
                                 std::to_string(status) + ": " + answer.body.substr(0, 1'000));
    return answer.body.empty() ? Json() : answer.json();
}

}  // namespace

std::string Answer::header(const std::string& name) const {
    for (const auto& [key, value] : headers)
        if (Poco::icompare(key, name) == 0) return value;
    return {};
}

Answer Client::ask(const std::string& method, const std::string& path, const std::string& body,
                   const Headers& headers) const {
    Poco::Net::HTTPClientSession session("127.0.0.1", static_cast<Poco::UInt16>(port_));
    session.setTimeout(Poco::Timespan(60, 0));
    Poco::Net::HTTPRequest request(method, path, Poco::Net::HTTPMessage::HTTP_1_1);
    if (!key_.empty()) request.set("Authorization", "Bearer " + key_);
    if (!body.empty()) request.setContentType("application/json");
    if (method != "GET") request.setContentLength64(static_cast<std::int64_t>(body.size()));
    for (const auto& [name, value] : headers) request.set(name, value);
    std::ostream& out = session.sendRequest(request);
    try {
        out.write(body.data(), static_cast<std::streamsize>(body.size())).flush();
    } catch (const Poco::Exception&) {  // refused half-way: the answer is there already
    }
    Poco::Net::HTTPResponse response;
    Answer answer;
    Poco::StreamCopier::copyToString(session.receiveResponse(response), answer.body);
    answer.status = response.getStatus();
    answer.type = response.getContentType();
    for (const auto& [name, value] : response) answer.headers.emplace_back(name, value);
    return answer;
}

Json Client::get(const std::string& path, int status) const {
    return expect(ask("GET", path), status, "GET " + path);
}

Json Client::post(const std::string& path, const Json& body, int status, const Headers& headers) const {
    return expect(ask("POST", path, body.dump(), headers), status, "POST " + path);
}

std::vector<Json> Client::all(const std::string& path) const {
    std::vector<Json> items;
    const std::string question = path + (path.find('?') == std::string::npos ? '?' : '&') + "limit=200";
    for (std::string cursor;;) {
        const Json page = get(question + cursor);
        for (const Json& item : page.at("items")) items.push_back(item);
        if (page.at("next").is_null()) return items;
        cursor = "&cursor=" + page.at("next").text();
    }
}

std::vector<Json> lines(const std::string& text) {
    std::vector<Json> values;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) values.push_back(Json::parse(line));
    return values;
}

}  // namespace blackbox
