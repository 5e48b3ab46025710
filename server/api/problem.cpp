#include "api/problem.hpp"

#include <Poco/Net/HTTPResponse.h>

namespace dakiya::api {

namespace {

Json document(int status, std::string_view code, const Error& error, std::string_view request_id) {
    using Poco::Net::HTTPResponse;
    Json body{{"type", "about:blank"},
              {"title", HTTPResponse::getReasonForStatus(static_cast<HTTPResponse::HTTPStatus>(status))},
              {"status", status},
              {"code", code},
              {"detail", error.text}};
    if (!error.field.empty()) body.set("field", error.field);
    body.set("request_id", request_id);
    return body;
}

Response response(int status, const Json& body) {
    Response answer{status, {{"Content-Type", "application/problem+json"}}, body.dump(), {}};
    if (status == 401) answer.headers.push_back({"WWW-Authenticate", "Bearer"});
    return answer;
}

}  // namespace

int status_of(Code code) {
    switch (code) {
        case Code::invalid:
        case Code::unsupported:
            return 422;
        case Code::not_found:
            return 404;
        case Code::conflict:
            return 409;
        case Code::unauthorized:
            return 401;
        case Code::forbidden:
            return 403;
        case Code::too_large:
            return 413;
        case Code::too_many:
            return 429;
        case Code::unavailable:
            return 503;
        case Code::provider_refused:
            return 502;
    }
    return 500;
}

std::string_view word_of(Code code) {
    switch (code) {
        case Code::invalid:
            return "invalid";
        case Code::not_found:
            return "not_found";
        case Code::conflict:
            return "conflict";
        case Code::unauthorized:
            return "unauthorized";
        case Code::forbidden:
            return "forbidden";
        case Code::too_large:
            return "too_large";
        case Code::too_many:
            return "too_many";
        case Code::unsupported:
            return "unsupported";
        case Code::unavailable:
            return "unavailable";
        case Code::provider_refused:
            return "provider_refused";
    }
    return "internal";
}

Response problem(const Error& error, std::string_view request_id) {
    return problem(status_of(error.code), word_of(error.code), error, request_id);
}

Response problem(int status, std::string_view code, const Error& error, std::string_view request_id) {
    return response(status, document(status, code, error, request_id));
}

Response problem(const std::vector<Error>& findings, std::string_view request_id) {
    const Error& first = findings.front();
    Json body = document(status_of(first.code), word_of(first.code), first, request_id);
    Json& errors = body.set("errors", Json::array());
    for (const Error& finding : findings)
        errors.push_back(Json{{"field", finding.field}, {"text", finding.text}});
    return response(status_of(first.code), body);
}

Response json_response(int status, const Json& body) {
    return {status, {{"Content-Type", "application/json"}}, body.dump(), {}};
}

Json problem_schema() {
    const Json text{{"type", "string"}};
    const Json finding{{"type", "object"}, {"properties", Json{{"field", text}, {"text", text}}}};
    return Json{{"type", "object"},
                {"required", Json::array({"type", "title", "status", "code", "detail", "request_id"})},
                {"properties", Json{{"type", text},
                                    {"title", text},
                                    {"status", Json{{"type", "integer"}}},
                                    {"code", text},
                                    {"detail", text},
                                    {"field", text},
                                    {"errors", Json{{"type", "array"}, {"items", finding}}},
                                    {"request_id", text}}}};
}

}  // namespace dakiya::api
