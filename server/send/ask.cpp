#include "send/ask.hpp"

#include <future>
#include <memory>

#include "domain/outcome.hpp"

namespace dakiya::send {

namespace {

std::string or_else(const std::string& text, const char* otherwise) {
    return text.empty() ? otherwise : text;
}

}  // namespace

Result<Ended> ask(Exchange& exchange, const OpenConnection& connection, Question question) {
    const plugin::Manifest& manifest = connection.plugin->manifest();
    if (!manifest.has_op(question.op))
        return Error{Code::unsupported,
                     manifest.name + " does not have the operation \"" + question.op +
                         "\"; GET /v1/providers/" + manifest.id + " lists those that it has",
                     "connection"};
    Call call = call_to(connection, std::move(question.op));
    call.input = question.input.dump();
    call.lane = question.lane;
    call.files = std::move(question.files);
    auto done = std::make_shared<std::promise<Ended>>();
    auto ended = done->get_future();
    exchange.run(std::move(call), [done](Ended result) { done->set_value(std::move(result)); });
    if (ended.wait_for(question.patience) != std::future_status::ready)
        return Error{Code::unavailable,
                     manifest.name + " did not answer within " +
                         std::to_string(question.patience.count() / 1000) + " seconds; try again",
                     ""};
    return ended.get();
}

Result<std::vector<plugin::Record>> answer_of(Ended ended) {
    switch (ended.how) {
        case Ended::How::finished:
            break;
        case Ended::How::not_sent:
            return Error{Code::unavailable, or_else(ended.text, "the provider cannot be reached"), ""};
        case Ended::How::fault:
            return Error{Code::invalid, or_else(ended.text, "the plugin cannot use this"), ""};
        case Ended::How::unknown:
            return Error{Code::provider_refused, or_else(ended.text, "the provider's answer makes no sense"),
                         ""};
    }
    if (const Json* account = record_of(ended.records, "account"); account && !account->value("ok", true))
        return Error{Code::provider_refused, account->value("text", "the provider refused"), ""};
    return std::move(ended.records);
}

bool may_ask_again(const Ended& ended, int attempt) {
    const Json* account = record_of(ended.records, "account");
    const std::string word = account && !account->value("ok", true) ? account->value("class", "") : "";
    return word.empty() || domain::may_retry(domain::parse_class(word), attempt, Millis(0));
}

const Json* record_of(const std::vector<plugin::Record>& records, std::string_view kind) {
    for (const plugin::Record& record : records)
        if (record.kind == kind) return &record.json;
    return nullptr;
}

}  // namespace dakiya::send
