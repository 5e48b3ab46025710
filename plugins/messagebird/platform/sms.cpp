#include "dakiya/sms.hpp"
#include "common.hpp"
#include "platform/message.hpp"

namespace messagebird::platform {

using namespace dakiya;

namespace {

constexpr std::size_t most_parts = 12;  // longer is 422, never cut

// 3GPP TS 23.038: seven bits a character in the GSM alphabet, where some take two places, else UCS-2.
std::size_t parts_of(std::string_view text) {
    std::size_t size = utf16_size(text);
    const bool gsm = sms::is_gsm7(text);
    if (gsm) {
        for (const char c : text) size += std::string_view("^{}\\[~]|\f").find(c) != std::string_view::npos;
        for (auto at = text.find("€"); at != text.npos; at = text.find("€", at + 1)) ++size;
    }
    const std::size_t alone = gsm ? 160 : 70, part = gsm ? 153 : 67;
    return size <= alone ? 1 : (size + part - 1) / part;
}

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// A number of the workspace, a short code of 5 or 6 digits, or a name of 1 to 11 characters with a letter.
bool is_sender(const std::string& from) {
    if (waba::is_phone(from)) return true;
    if (waba::is_digits(from)) return from.size() == 5 || from.size() == 6;
    bool letter = false;
    for (const char c : from) {
        letter = letter || is_letter(c);
        if (!is_letter(c) && std::string_view("0123456789 _-").find(c) == std::string_view::npos)
            return false;
    }
    return letter && from.size() <= 11;
}

void add_text(Json& message, const Account& account, const Send& in, const Recipient& to) {
    const std::string& from = in.from.empty() ? account.from_sms : in.from;
    if (from.empty()) throw Refused("no sender: fill in the SMS sender", "config");
    if (!is_sender(from))
        throw Refused(
            "\"" + from +
                "\" is no SMS sender: use a number with +, a short code of 5 or 6 digits, or a name of up to "
                "11 letters, digits, spaces, _ and -",
            "config");
    const std::string& text = in.text_for(to);
    if (text.empty()) throw Refused("the text is empty");
    const bool simplified = in.extra.value("smart_encoding", false);  // by Bird: it may then fit
    if (const std::size_t parts = parts_of(text); parts > most_parts && !simplified)
        throw Refused("the text needs " + std::to_string(parts) +
                      " SMS parts; Bird takes 12 (1836 simple or 804 other characters)");
    message.set("from", from);
    message.set("text", text);
    message.set("category", in.extra.value("category", account.category));
    if (simplified) message.set("options", Json{{"smart_encoding", true}});
}

// With a template Bird takes text, sender and category from it, and refuses them here.
void add_template(Json& message, const Template& wanted, const Recipient& to) {
    Json object = Json::object();
    if (wanted.id.rfind("smt_", 0) == 0)
        object.set("id", wanted.id);
    else
        object.set("slug", wanted.name);
    if (!wanted.language.empty() && wanted.language != "und") object.set("language", wanted.language);
    Json parameters = Json::object();
    for (const auto& [name, value] : to.params) parameters.set(name, value);
    if (parameters.dump().size() > 16'384)
        throw Refused("the template's values have more than 16 KB", "template");
    if (!parameters.empty()) object.set("parameters", std::move(parameters));
    message.set("template", std::move(object));
}

}  // namespace

Json sms_message(const Account& account, const Send& in, const Recipient& to) {
    if (!waba::is_phone(to.address))
        throw Refused("\"" + to.address + "\" is not a phone number: write it as +, country code and number",
                      "recipient");
    Json message{{"to", to.address}};
    if (in.kind == "template")
        add_template(message, *in.template_, to);
    else if (in.kind == "text")
        add_text(message, account, in, to);
    else
        throw Refused("an SMS of the Bird Platform is a text or a template; it has no \"" + in.kind + "\"");
    if (!to.ref.empty()) message.set("metadata", Json{{"ref", to.ref}});  // comes back in every event
    return message;
}

}  // namespace messagebird::platform
