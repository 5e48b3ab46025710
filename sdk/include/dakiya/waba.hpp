// dakiya/waba.hpp - the WhatsApp Cloud API shapes that many WhatsApp providers share.
//
//   Http::post(url).json(waba::build_message(in, in.to[0]));     // the body of a send
//   next.sent(0, waba::read_message_id(reply->json()));          // … and its answer
//   next.failed(0, waba::read_error(reply->json().at("error")));
//   return waba::parse_events(in.json());                        // a webhook
//   next.record("template", waba::read_template(item));          // an item of a template list
#ifndef DAKIYA_WABA_HPP
#define DAKIYA_WABA_HPP

#include <string>
#include <utility>

#include "dakiya/json.hpp"
#include "dakiya/waba_error.hpp"
#include "dakiya/waba_events.hpp"
#include "dakiya/waba_message.hpp"

namespace dakiya::waba {

// The id of an accepted message. Throws JsonError when there is none.
inline std::string read_message_id(const Json& reply) { return reply.at("messages").at(0).at("id").text(); }

// An item of GET /{waba_id}/message_templates as a "template" record.
inline Json read_template(const Json& item) {
    Json variables = Json::array();
    for (const Json& component : item["components"])
        if (component["type"] == Json("BODY"))
            for (std::string& name : detail::variables(component.value("text", "")))
                variables.push_back(std::move(name));
    Json record{{"name", item.at("name").text()},
                {"language", item.at("language").text()},
                {"category", detail::small(item["category"])},
                {"status", detail::template_status(item.value("status", ""))},
                {"id", item["id"].scalar()},
                {"components", item["components"]},
                {"variables", std::move(variables)}};
    const std::string reason = item.value("rejected_reason", "");
    if (!reason.empty() && reason != "NONE") record.set("reason", reason);
    if (const Json& score = item["quality_score"]["score"]; score.is_string())
        record.set("quality", detail::small(score));
    return record;
}

}  // namespace dakiya::waba

#endif
