#include "send/redacted.hpp"

namespace dakiya::send {

namespace {

void clean_member(Json& json, std::string_view key, const net::Redactor& redactor) {
    Json* text = json.find(key);
    if (text && text->is_string() && !text->text().empty()) *text = redactor(text->text());
}

class Redacted final : public plugin::Connection {
public:
    Redacted(std::shared_ptr<const plugin::Connection> inner, const net::Redactor& redactor)
        : inner_(std::move(inner)), redactor_(redactor) {}

    const plugin::Manifest& manifest() const override { return inner_->manifest(); }
    plugin::Output advance(const plugin::Turn& turn) const override { return clean(inner_->advance(turn)); }
    plugin::Output verify(const plugin::Inbound& inbound) const override {
        return clean(inner_->verify(inbound));
    }
    plugin::Output parse(const plugin::Inbound& inbound) const override {
        return clean(inner_->parse(inbound));
    }

private:
    // A result that went well has neither text nor error: nothing is searched on the hot path.
    plugin::Output clean(plugin::Output output) const {
        if (!output.explanation.empty()) output.explanation = redactor_(output.explanation);
        for (plugin::Record& record : output.records) {
            if (!record.json.is_object()) continue;
            clean_member(record.json, "text", redactor_);
            clean_member(record.json, "reason", redactor_);
            if (Json* error = record.json.find("error"); error && error->is_object())
                clean_member(*error, "text", redactor_);
        }
        return output;
    }

    const std::shared_ptr<const plugin::Connection> inner_;
    const net::Redactor& redactor_;
};

}  // namespace

std::shared_ptr<const plugin::Connection> redacted(std::shared_ptr<const plugin::Connection> connection,
                                                   const net::Redactor& redactor) {
    return std::make_shared<const Redacted>(std::move(connection), redactor);
}

}  // namespace dakiya::send
