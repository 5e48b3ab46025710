#include "templates.hpp"

#include <array>
#include <string>
#include <string_view>

#include "dakiya/text.hpp"
#include "dakiya/waba.hpp"
#include "languages.hpp"

namespace interakt {

using namespace dakiya;

namespace {

constexpr std::array<std::string_view, 3> states{"APPROVED", "WAITING", "REJECTED"};  // there is no "all"
constexpr std::int64_t most_pages = 100;                                              // of a state

// Buttons and cards are JSON inside a text, sometimes inside a text inside a text.
Json unwrapped(const Json& value) {
    Json inner = value;
    for (int layer = 0; layer < 3 && inner.is_string(); ++layer) try {
            inner = Json::parse(inner.text());
        } catch (const JsonError&) {
            return nullptr;
        }
    return inner;
}

// "Quick Reply" → "QUICK_REPLY"
std::string button_type(std::string word) {
    for (char& c : word)
        if (c == ' ') c = '_';
    return upper(std::move(word));
}

// Interakt's flat fields as the Cloud API's components.
Json components_of(const Json& listed) {
    Json components = Json::array();
    if (const std::string format = upper(listed["header_format"].scalar());
        !format.empty() && format != "NONE") {
        Json header{{"type", "HEADER"}, {"format", format}};
        if (format == "TEXT") header.set("text", listed.value("header", ""));
        components.push_back(std::move(header));
    }
    if (const std::string body = listed.value("body", ""); !body.empty())
        components.push_back(Json{{"type", "BODY"}, {"text", body}});
    if (const std::string footer = listed.value("footer", ""); !footer.empty())
        components.push_back(Json{{"type", "FOOTER"}, {"text", footer}});
    Json buttons = Json::array();
    for (const Json& theirs : unwrapped(listed["buttons"])) {
        Json button = theirs;
        button.set("type", button_type(theirs.at("type")));
        buttons.push_back(std::move(button));
    }
    if (!buttons.empty()) components.push_back(Json{{"type", "BUTTONS"}, {"buttons", std::move(buttons)}});
    Json cards = Json::array();
    for (const Json& card : unwrapped(listed["carousel_cards"]))
        cards.push_back(
            Json{{"components", card.contains("components") ? card["components"] : components_of(card)}});
    if (!cards.empty()) components.push_back(Json{{"type", "CAROUSEL"}, {"cards", std::move(cards)}});
    return components;
}

Json record_of(const Json& listed, std::string_view asked_state) {
    std::string state = upper(listed.value("approval_status", asked_state));
    if (state == "WAITING") state = "PENDING";
    return waba::read_template({{"id", listed["id"].scalar()},
                                {"name", listed.at("name")},
                                {"language", listed.at("language")},
                                {"category", listed.value("category", "")},
                                {"status", state},
                                {"rejected_reason", listed.value("rejection_reason", "")},
                                {"components", components_of(listed)}});
}

// Which page of which state; travels in the memo.
struct Place {
    std::size_t state = 0;
    std::int64_t offset = 0, pages = 0;

    static Place read(std::string_view memo) {
        const Json json = Json::parse(memo);
        return {static_cast<std::size_t>(json.at("state").integer()), json.at("offset").integer(),
                json.at("pages").integer()};
    }
    Http ask(const Account& account) const {
        Http http = ask_templates(account, states.at(state), offset);
        http.then("page", Json{{"state", state}, {"offset", offset}, {"pages", pages}}.dump());
        return http;
    }
};

// Only `offset` turns pages, and a page may be shorter than the last one.
Next after(const Account& account, Place place, const Json& body, std::size_t received) {
    Next next = Next::done();
    const bool more = body.value("has_next", false) && received > 0;
    if (more && place.pages + 1 < most_pages) {
        place.offset += static_cast<std::int64_t>(received);
        ++place.pages;
        return next.then(place.ask(account));
    }
    if (more) next.log("Interakt has more than 100 pages of templates; the rest is left out", Level::warning);
    if (place.state + 1 < states.size()) next.then(Place{place.state + 1, 0, 0}.ask(account));
    return next;
}

// ---- new ones

const Json& example(const Json& list, const std::string& of_what) {
    const Json& first = list.is_array() && !list.empty() ? list.at(0) : list;
    if (first.is_null() || (first.is_array() && first.empty()))
        throw waba::Refused("the template needs an example for " + of_what + ": Meta's reviewers read it",
                            "template");
    return first;
}

void add_new_header(Json& out, const Json& part) {
    if (upper(part.value("format", "TEXT")) != "TEXT")
        throw waba::Refused(
            "a template with a file in its header must be made in Interakt, where its example "
            "is uploaded",
            "template");
    out.set("header_format", "TEXT");
    out.set("header", part.at("text"));
    if (!waba::variables_of(waba::text_of(part, "text")).empty())
        out.set("header_text", Json::array({example(part["example"]["header_text"], "the header")}));
}

void add_new_buttons(Json& out, const Json& buttons) {
    Json links = Json::array();
    for (const Json& button : buttons) {
        if (button.value("type", "") != "URL" || links.size() == 1)
            throw waba::Refused(
                "of buttons this interface makes one with a link; others are made in Interakt", "template");
        const std::string url = button.at("url");
        links.push_back(Json{{"type", "URL"}, {"text", button.at("text")}, {"url", url}});
        if (!waba::variables_of(url).empty())
            out.set("button_text", example(button["example"], "the button's link"));
    }
    out.set("button_type", "Call To Action");
    out.set("buttons", std::move(links));
}

// POST /track/templates/ with the language's name and the category in words.
Json new_template(const Json& wanted) {
    const Json checked = waba::new_template(wanted);  // with Meta's limits
    const std::string language = checked.at("language"), category = waba::lower(checked.at("category"));
    const std::string_view name = language_name(language);
    if (name.empty()) throw waba::Refused("WhatsApp has no language \"" + language + "\"", "template");
    if (category == "authentication")
        throw waba::Refused("templates for codes are made in Interakt, this interface cannot", "template");
    Json out{{"display_name", checked.at("name")},
             {"language", std::string(name)},
             {"category", category == "utility" ? "Utility" : "Marketing"}};
    for (const Json& part : checked.at("components")) {
        const std::string type = part.at("type");
        if (type == "HEADER") add_new_header(out, part);
        if (type == "BODY") {
            out.set("body", part.at("text"));
            if (!waba::variables_of(waba::text_of(part, "text")).empty())
                out.set("body_text", example(part["example"]["body_text"], "the text"));
        }
        if (type == "FOOTER") out.set("footer", part.at("text"));
        if (type == "BUTTONS") add_new_buttons(out, part.at("buttons"));
        if (type == "CAROUSEL")
            throw waba::Refused("templates with cards are made in Interakt, this interface cannot",
                                "template");
    }
    return out;
}

}  // namespace

Http ask_templates(const Account& account, std::string_view state, std::int64_t offset) {
    Http http = account.get("/track/organization/templates");
    http.query("offset", std::to_string(offset))
        .query("autosubmitted_for", "all")
        .query("approval_status", state)
        .query("language", "all");
    return http;
}

Next list_templates(const Account& account, const Turn& turn) {
    if (!turn.reply()) return Place{}.ask(account);
    if (is_refusal(*turn.reply())) throw Fault(DK_BAD_REPLY, account.explain(*turn.reply()));
    const Place place = Place::read(turn.memo());
    const Json& body = turn.reply()->json();
    const Json::Array& page = body.at("results").at("templates").items();
    Next next = after(account, place, body, page.size());
    for (const Json& listed : page) next.record("template", record_of(listed, states.at(place.state)));
    return next;
}

Next create_template(const Account& account, const Turn& turn) {
    const Json wanted = new_template(turn.input());
    if (!turn.reply()) return account.post("/track/templates/").json(wanted);
    if (is_refusal(*turn.reply())) throw Fault(DK_BAD_REPLY, account.explain(*turn.reply()));
    const Json& made = turn.reply()->json().at("data");
    // Messages name it by its code name, which Interakt may make from ours.
    return Next::done().record("template",
                               record_of({{"id", made.at("id").scalar()},
                                          {"name", made.value("name", turn.input().at("name").text())},
                                          {"language", waba::template_language(turn.input().at("language"))},
                                          {"category", turn.input().value("category", "")},
                                          {"approval_status", made.value("approval_status", "WAITING")},
                                          {"header_format", wanted["header_format"]},
                                          {"header", wanted["header"]},
                                          {"body", wanted["body"]},
                                          {"footer", wanted["footer"]},
                                          {"buttons", wanted["buttons"]}},
                                         "WAITING"));
}

}  // namespace interakt
