#include "project.hpp"

#include <string>
#include <utility>

#include "answer.hpp"
#include "dakiya/waba.hpp"
#include "events.hpp"
#include "language.hpp"

namespace aisensy {

using dakiya::Http;
using dakiya::Json;
using dakiya::Next;
using dakiya::Reply;
using dakiya::Send;
using dakiya::Turn;
using dakiya::waba::Refused;

namespace {

void check(const Account& account, const Send& in) {
    if (!account.has_project())
        throw Refused(
            "AiSensy sends this through its Project API only: enter the project number and the project "
            "code in the connection's settings, or send a template",
            "config");
    if (!dakiya::waba::is_phone(in.to.front().address))
        throw Refused("AiSensy needs a number with + and its country code", "recipient");
    if (in.media && in.media->blob != 0) throw Refused("AiSensy takes files by a public web address only");
    if (in.media && !in.media->handle.empty())
        throw Refused("AiSensy takes files by a public web address only, not by a handle");
    if (!in.template_) return;
    if (!is_language_code(in.template_->language))
        throw Refused("the code of the language \"" + in.template_->language +
                          "\" is not known: give the template's language as a code such as en_US",
                      "template");
    if (in.template_->components.is_array())
        for (const Json& part : in.template_->components)
            if (part.value("type", "") == "CAROUSEL" && part["cards"].empty())
                throw Refused("AiSensy does not list a carousel's cards, so it cannot be filled", "template");
}

}  // namespace

// Meta's message without what only Meta itself wants. There is no field that comes back in reports.
Http message_request(const Account& account, const Send& in) try {
    check(account, in);
    Json body = dakiya::waba::build_message(in, in.to.front());
    body.erase("messaging_product");
    body.erase("biz_opaque_callback_data");
    body.set("to", in.to.front().address.substr(1));
    if (in.template_) {
        Json& language = *body.find("template")->find("language");
        language = Json{{"policy", "deterministic"}, {"code", language["code"]}};
    }
    Http http = account.project_post("/messages").json(body);
    if (in.template_ && dakiya::waba::lower(in.template_->category) == "authentication")
        http.secret_body();  // it holds a one-time code
    return http;
} catch (const dakiya::JsonError& error) {
    throw Refused(std::string("the message is not in WhatsApp's shape: ") + error.what());
}

Next read_message(const Account& account, const Reply& reply) {
    const Answer answer = read_answer(account, Api::project, reply);
    Next next = Next::done();
    if (answer.kind == Answer::Kind::refused) return next.failed(0, answer.error);
    if (answer.kind == Answer::Kind::unclear) return next.uncertain(0, answer.error);
    const Json& messages = answer.body["messages"];
    if (messages.is_array() && !messages.empty())
        if (const Json& id = messages.at(0)["id"]; id.is_string() && !id.text().empty())
            return next.sent(0, id.text());
    return next.uncertain(0, {"provider", "200", "AiSensy's answer holds no message id"});
}

Next ask_status(const Account& account, const Turn& turn) {
    constexpr std::size_t most = 15;  // an operation has 16 turns
    const Json& ids = turn.input().at("ids");
    if (ids.size() > most)
        throw dakiya::Fault(DK_BAD_INPUT,
                            "AiSensy tells the state of one message a call: ask for 15 at most");
    const auto ask = [&](std::size_t index) -> Next {
        if (index >= ids.size()) return Next::done();
        return account.project_get("/messages/" + dakiya::percent(ids.at(index).text()))
            .then("message", std::to_string(index));
    };
    if (!turn.reply()) return ask(0);
    const auto index = static_cast<std::size_t>(std::strtoul(std::string(turn.memo()).c_str(), nullptr, 10));
    const Json body = require_done(account, *turn.reply());
    Next next = ask(index + 1);
    const Json& message = body["message"].is_object() ? body["message"] : body;
    if (auto event = status_event(account, message)) next.event(event->id(ids.at(index).text()));
    return next;
}

}  // namespace aisensy
