// dakiya/waba.hpp - the WhatsApp Cloud API shapes that many WhatsApp providers share.
//
//   Http::post(url).json(waba::build_message(in, in.to[0]));     // the body of a send; Refused when Meta
//   would next.sent(0, waba::read_message_id(reply->json()));          // … and its answer next.failed(0,
//   waba::read_error(reply->json().at("error"), reply->status())); return waba::parse_events(in.json()); // a
//   webhook next.record("template", waba::read_template(item));          // an item of a template list
#ifndef DAKIYA_WABA_HPP
#define DAKIYA_WABA_HPP

#include <string>

#include "dakiya/json.hpp"
#include "dakiya/waba/error.hpp"
#include "dakiya/waba/event.hpp"
#include "dakiya/waba/limits.hpp"
#include "dakiya/waba/message.hpp"
#include "dakiya/waba/template_list.hpp"

namespace dakiya::waba {

// The id of an accepted message. Throws JsonError when there is none.
inline std::string read_message_id(const Json& reply) { return reply.at("messages").at(0).at("id").text(); }

}  // namespace dakiya::waba

#endif
