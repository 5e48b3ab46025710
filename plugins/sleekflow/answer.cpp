#include "answer.hpp"

#include <cstdlib>

#include "dakiya/waba.hpp"
#include "dakiya/wording.hpp"

namespace sleekflow {

using namespace dakiya;

namespace {

constexpr StatusWord words[] = {
    {"Sent", Status::sent},          {"Received", Status::delivered},  // by the handset
    {"Read", Status::read},          {"Failed", Status::failed},
    {"Undelivered", Status::failed}, {"OutOfCredit", Status::failed},
};

// A message object, or the only item of a list of one.
Json message_of(const Json& body) {
    if (body.is_array()) return body.size() == 1 ? body.at(0) : Json();
    return body;
}

std::string scalar_of(const Json& value) {
    return value.is_string() || value.is_integer() ? value.scalar() : std::string();
}

// Meta's code, as a number or as a text.
Error error_of(const Json& theirs, const std::string& fallback) {
    constexpr std::size_t most_digits = 9;
    const std::string code = scalar_of(theirs["code"]);
    const std::string text = theirs["message"].is_string() ? theirs["message"].text() : fallback;
    if (!waba::is_digits(code) || code.size() > most_digits) return {class_of_words(text), code, text};
    return waba::read_error({{"code", std::strtoll(code.c_str(), nullptr, 10)}, {"message", text}});
}

bool sounds_refused(std::string_view text) {
    const std::string small = waba::lower(std::string(text));
    return small.find("error") != small.npos || small.find("not found") != small.npos;
}

}  // namespace

std::string message_id(const std::string& conversation, const std::string& id) {
    return conversation.empty() ? id : conversation + "/" + id;
}

std::optional<Status> status_of(std::string_view word) { return status_by_word(words, word); }

std::optional<Error> refusal_of(const Json& message) {
    const std::string word = scalar_of(message["status"]),
                      reason = scalar_of(message["channelStatusMessage"]);
    const std::string text = reason.empty() ? "SleekFlow gave no reason" : reason;
    if (word == "OutOfCredit") return Error{"balance", word, text};
    const Json& errors = message["metadata"]["errors"];
    if (errors.is_array() && !errors.empty()) return error_of(errors.at(0), text);
    if (status_of(word) == Status::failed) return Error{class_of_words(text), word, text};
    return std::nullopt;
}

Next read_answer(const Account& account, const Reply& reply) {
    const int status = reply.status();
    if (status >= 300 && status < 500 && status != 408) return Next::done().failed(0, account.error(reply));
    const Json message = reply.ok() ? message_of(body_of(reply)) : Json();
    if (reply.ok()) {
        if (const std::optional<Error> refusal = refusal_of(message)) return Next::done().failed(0, *refusal);
        if (const std::string id = scalar_of(message["id"]); !id.empty())
            return Next::done().sent(0, message_id(scalar_of(message["conversationId"]), id));
        if (sounds_refused(reply.body()))
            return Next::done().failed(0, {"content", std::to_string(status), account.error(reply).text});
    }
    // Neither an ID nor a refusal: it may have gone out, and nothing here can look it up.
    Error unclear = account.error(reply);
    unclear.cls = "provider";
    return Next::done().uncertain(0, unclear);
}

}  // namespace sleekflow
