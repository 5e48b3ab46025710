#include "send/stop_rules.hpp"

#include "base/text.hpp"

namespace dakiya::send {

namespace {

constexpr std::size_t most_quoted = 300;  // bytes of the provider's words: the advice must fit too

std::string why(const Verdict& verdict, std::string_view what, std::string_view advice) {
    std::string text(what);
    text += " (";
    text += domain::to_string(verdict.cls);
    if (!verdict.code.empty()) text += ", code " + verdict.code;
    text += ")";
    if (!verdict.text.empty()) text += ": " + std::string(utf8_prefix(verdict.text, most_quoted));
    return text + ". " + std::string(advice);
}

}  // namespace

void StopRules::note(const Verdict& verdict) {
    if (reason_) return;
    if (verdict.how == Verdict::How::sent) {
        count_ = 0;
        return;
    }
    switch (domain::meaning(verdict.cls).stop) {
        case domain::Stop::pause_connection:
            of_connection_ = true;
            reason_ = why(verdict, "the provider refuses this connection",
                          "Correct the connection, test it, then resume");
            return;
        case domain::Stop::after_ten:
            count_ = verdict.cls == last_ ? count_ + 1 : 1;
            last_ = verdict.cls;
            if (count_ >= in_a_row)
                reason_ = why(verdict, "ten messages in a row were refused for the same reason",
                              "Correct the content, then resume");
            return;
        case domain::Stop::no:
        case domain::Stop::breaker:
        case domain::Stop::quarantine:
            return;
    }
}

}  // namespace dakiya::send
