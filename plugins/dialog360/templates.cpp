#include "templates.hpp"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <utility>

#include "calls.hpp"
#include "dakiya/text.hpp"
#include "dakiya/waba.hpp"
#include "dakiya/waba/cloud_api.hpp"

namespace dialog360 {

using namespace dakiya;

namespace {

constexpr std::int64_t page_size = 250;

// As Meta itself would list it: states come in small letters, with two words of 360dialog's own, and the
// quality may be a bare word.
Json as_meta(Json listed) {
    std::string status = upper(listed.value("status", ""));
    if (status == "CREATED" || status == "SUBMITTED") status = "PENDING";
    listed.set("status", status);
    if (const Json& quality = listed["quality_score"]; quality.is_string())
        listed.set("quality_score", Json{{"score", quality.text()}});
    if (const Json& reason = listed["rejected_reason"]; reason.is_string())
        listed.set("rejected_reason", upper(reason.text()));
    return listed;
}

// step: of the turn that reads the page.
Http page_from(const Account& account, std::int64_t offset, const std::string& step) {
    Http http = account.get("/v1/configs/templates");
    http.query("limit", std::to_string(page_size)).query("offset", std::to_string(offset)).limit("manage");
    http.then(step, std::to_string(offset));
    return http;
}

// A header with a file needs the handle of an example, and 360dialog documents no call that gives one.
void check_examples(const Json& components) {
    for (const Json& part : components) {
        const std::string format = upper(part.value("format", "TEXT"));
        const bool file = format == "IMAGE" || format == "VIDEO" || format == "DOCUMENT";
        if (part.value("type", "") == "HEADER" && file && part["example"]["header_handle"].empty())
            throw waba::Refused(
                "a template with a file in its header must be made in the 360dialog Hub or in WhatsApp "
                "Manager, because its example is uploaded there",
                "template");
    }
}

// The page that a turn has got, and the call for the one after it.
struct Page {
    const Json::Array& items;
    std::optional<Http> next;
};

Page read_page(const Account& account, const Turn& turn) {
    const Json& body = require_ok(account, *turn.reply());
    const Json::Array& items = body.at("waba_templates").items();
    const std::int64_t offset = std::strtoll(std::string(turn.memo()).c_str(), nullptr, 10);
    const std::int64_t after = offset + static_cast<std::int64_t>(items.size());
    if (items.empty() || after >= body.value("total", 0)) return {items, std::nullopt};
    return {items, page_from(account, after, std::string(turn.step()))};
}

}  // namespace

Next list_templates(const Account& account, const Turn& turn) {
    if (!turn.reply()) return page_from(account, 0, "page");
    Page page = read_page(account, turn);
    Next next = Next::done();
    if (page.next) next.then(std::move(*page.next));
    for (const Json& listed : page.items) next.record("template", waba::read_template(as_meta(listed)));
    return next;
}

Next create_template(const Account& account, const Turn& turn) {
    check_examples(turn.input()["components"]);
    const Json wanted = waba::new_template(turn.input());
    if (!turn.reply()) return account.post("/v1/configs/templates").json(wanted).limit("manage");
    Json made = waba::made_template(wanted, require_ok(account, *turn.reply()));
    return Next::done().record("template", waba::read_template(as_meta(std::move(made))));
}

// 360dialog deletes a name in all its languages, never one of them. Asked for one, it is looked first whether
// there are others, which somebody may be using.
Next delete_template(const Account& account, const Turn& turn) {
    const std::string name = turn.input().at("name"), language = turn.input().value("language", "");
    Http deletion = account.del("/v1/configs/templates/" + waba::safe_id(name, "the template's name"));
    deletion.limit("manage").then("deleted");
    if (!turn.reply()) return language.empty() ? deletion : page_from(account, 0, "languages");
    if (turn.step() == "languages") {
        Page page = read_page(account, turn);
        for (const Json& listed : page.items)
            if (listed.at("name") == Json(name) &&
                waba::template_language(listed.at("language")) != waba::template_language(language))
                throw Fault(
                    DK_BAD_REPLY,
                    "360dialog would delete this template in all its languages, and there is one in " +
                        listed.at("language").text() + ": delete it in WhatsApp Manager");
        return page.next ? std::move(*page.next) : std::move(deletion);
    }
    if (!turn.reply()->ok()) throw Fault(DK_BAD_REPLY, account.explain(*turn.reply()));
    return Next::done().record("template", {{"name", name}, {"language", language}, {"status", "gone"}});
}

}  // namespace dialog360
