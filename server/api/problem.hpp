// Refusals as RFC 9457 problem documents:
//   {"type":"about:blank","title":"Not Found","status":404,"code":"not_found","detail":"…","field":"…",
//    "errors":[{"field":"…","text":"…"}],"request_id":"…"}
// `code` is stable and meant for programs, `detail` says to a person what is wrong and what to do.
#pragma once

#include <string_view>
#include <vector>

#include "api/http.hpp"
#include "base/result.hpp"
#include "dakiya/json.hpp"

namespace dakiya::api {

int status_of(Code code);
std::string_view word_of(Code code);

Response problem(const Error& error, std::string_view request_id);

// With a status or a code word that Code does not have.
Response problem(int status, std::string_view code, const Error& error, std::string_view request_id);

// Several findings in one input: the first is the detail, all are in `errors`.
Response problem(const std::vector<Error>& findings, std::string_view request_id);

Response json_response(int status, const Json& body);

// The JSON Schema of the document, for OpenAPI.
Json problem_schema();

}  // namespace dakiya::api
