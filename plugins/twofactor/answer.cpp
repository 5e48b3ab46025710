#include "answer.hpp"

#include "dakiya/text.hpp"

#include <array>

namespace twofactor {

using dakiya::Error;
using dakiya::Json;
using dakiya::JsonError;
using dakiya::lower;
using dakiya::Reply;
using dakiya::shortened;

namespace {

constexpr std::size_t longest_text = 300;  // bytes of 2Factor's words that are kept

struct Row {
    const char* keyword;
    const char* cls;
};

// The first that fits decides: "Incorrect sender id and templatename provided" is about the template.
constexpr std::array<Row, 17> rows{{
    {"templatename", "template"},
    {"template", "template"},
    {"sender", "template"},
    {"dlt", "template"},
    {"otp expired", "content"},
    {"otp mismatch", "content"},
    {"balance", "balance"},
    {"credit", "balance"},
    {"recharge", "balance"},
    {"block", "recipient"},
    {"phone", "recipient"},
    {"mobile", "recipient"},
    {"number", "recipient"},
    {"api key", "auth"},
    {"apikey", "auth"},
    {"account", "auth"},
    {"ip ", "auth"},
}};

Error error_of(int http_status, std::string text) {
    const std::string code = std::to_string(http_status);
    if (http_status == 401 || http_status == 403)
        return {"auth", code,
                "2Factor does not accept the API key, or not from this server's address: " + text};
    if (http_status == 429) return {"throttled", code, text};
    Error error = classify(std::move(text));
    if (http_status != 200) error.code = code;
    return error;
}

}  // namespace

Error classify(std::string text) {
    const std::string small = lower(text);
    for (const Row& row : rows)
        if (small.find(row.keyword) != small.npos) return {row.cls, "", std::move(text)};
    return {"other", "", std::move(text)};
}

Answer read_answer(const Account& account, const Reply& reply) {
    Answer answer;
    std::string status;
    try {
        const Json& body = reply.json();
        status = lower(body.value("Status", ""));
        answer.details = shortened(account.without_key(body["Details"].scalar()), longest_text);
    } catch (const JsonError&) {
        status.clear();
    }
    const bool known = reply.status() == 401 || reply.status() == 403 || reply.status() == 429;
    if (reply.ok() && status == "success" && !answer.details.empty()) {
        answer.kind = Answer::Kind::accepted;
    } else if (known || (status == "error" && reply.status() < 500)) {
        answer.kind = Answer::Kind::refused;
        answer.error =
            error_of(reply.status(), answer.details.empty() ? "no reason was told" : answer.details);
    } else {
        answer.error = {"provider", std::to_string(reply.status()),
                        "2Factor's answer does not say whether the message was taken"};
    }
    return answer;
}

}  // namespace twofactor
