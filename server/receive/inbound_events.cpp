#include "receive/inbound_events.hpp"

#include <algorithm>

#include <spdlog/spdlog.h>

#include "base/text.hpp"
#include "domain/keyword.hpp"
#include "domain/people_limit.hpp"
#include "store/connections.hpp"
#include "store/contacts.hpp"
#include "store/ids.hpp"
#include "store/inbound_ids.hpp"
#include "store/media_fetches.hpp"
#include "store/messages.hpp"
#include "store/portfolios.hpp"
#include "store/quotas.hpp"
#include "store/suppressions.hpp"
#include "store/templates.hpp"

namespace dakiya::receive {

namespace {

constexpr std::size_t content_limit = 60'000;  // bytes; a TEXT column holds 65,535
constexpr std::size_t address_limit = 190;
constexpr std::size_t reason_limit = 500;
constexpr std::size_t filename_limit = 255;
constexpr std::size_t longest_handle = 2000;

// The words that may be a wish: what was written, or the title of a tapped button.
std::string words_of(const Json& message) {
    const std::string text = message.value("text", "");
    if (!text.empty() || !message["button"].is_object()) return text;
    return message["button"].value("title", "");
}

void suppress(store::Session& session, const Incoming& incoming, const std::string& channel,
              const std::string& address, domain::Suppression reason, std::string_view source,
              std::int64_t now_ms) {
    store::suppressions::add(session, store::Scope{incoming.tenant},
                             {channel, address, reason, std::string(source), now_ms});
}

// A person takes back their own word; what the tenant or a complaint put on the list stays.
void allow_again(store::Session& session, store::Scope scope, const std::string& channel,
                 const std::string& address) {
    const auto known = store::suppressions::find(session, scope, channel, address);
    if (known && known->reason == domain::Suppression::opted_out)
        store::suppressions::remove(session, scope, channel, address);
}

// The file is fetched afterwards (send/media_transfers): providers keep it for some minutes or days only.
void want_file(store::Session& session, const Incoming& incoming, Id message, std::int64_t now_ms) {
    const Json& media = incoming.event["message"]["media"];
    if (!media.is_object()) return;
    store::MediaFetch fetch;
    fetch.message = message;
    fetch.tenant = incoming.tenant;
    fetch.connection = incoming.connection;
    fetch.handle = media.value("handle", "");
    fetch.url = media.value("url", "");
    fetch.mime = utf8_prefix(media.value("mime", ""), address_limit);
    fetch.filename = utf8_prefix(media.value("filename", ""), filename_limit);
    fetch.due_at = now_ms;
    if (fetch.handle.empty() && fetch.url.empty()) return;
    if (std::max(fetch.handle.size(), fetch.url.size()) > longest_handle) {
        fetch.handle.clear();
        fetch.url.clear();
        fetch.state = "failed";
        fetch.error = "the provider's name for the file has more than 2,000 bytes";
    }
    store::media_fetches::insert(session, fetch);
}

}  // namespace

void receive_message(store::Session& session, const Incoming& incoming, std::int64_t now_ms) {
    const store::Scope scope{incoming.tenant};
    const Json& event = incoming.event;
    const std::string address(utf8_prefix(event.value("address", event.value("user_id", "")), address_limit));
    const std::string channel = event.at("channel").text();
    const Id id = store::reserve_ids(session, 1);
    const std::string provider_id = event["id"].scalar();
    if (!provider_id.empty() && !store::inbound_ids::insert(session, incoming.connection, provider_id, id))
        return;  // delivered before

    store::Message message;
    message.id = id;
    message.tenant = incoming.tenant;
    message.origin = domain::Origin::inbound;
    message.connection = incoming.connection;
    message.channel = channel;
    message.address = address;
    message.state = domain::State::received;
    message.params = "{}";
    message.content = event.dump();
    if (message.content.size() > content_limit) {
        Json smaller = event;
        smaller.set("message", Json{{"kind", event["message"].value("kind", "unsupported")},
                                    {"text", utf8_prefix(words_of(event["message"]), 4096)},
                                    {"truncated", true}});
        message.content = smaller.dump();
    }
    message.created_at = incoming.received_at;
    const auto contact = channel == "email" ? store::contacts::find_by_email(session, scope, address)
                                            : store::contacts::find_by_phone(session, scope, address);
    if (contact) message.contact = contact->id;
    store::messages::insert(session, std::span<const store::Message>(&message, 1));
    if (event["message"].is_object()) want_file(session, incoming, id, now_ms);

    if (!address.empty())
        store::portfolios::hear(session, incoming.connection, address,
                                std::min(event.value("at", incoming.received_at), incoming.received_at));
    if (address.empty() || !event["message"].is_object()) return;
    const auto detected = domain::detect_keyword(words_of(event["message"]));
    if (detected.keyword == domain::Keyword::stop)
        suppress(session, incoming, channel, address, domain::Suppression::opted_out,
                 format_id(prefix::message, id), now_ms);
    else if (detected.keyword == domain::Keyword::start)
        allow_again(session, scope, channel, address);
}

void note_limit(store::Session& session, const Incoming& incoming, std::int64_t now_ms) {
    const auto limit = domain::parse_people_limit(incoming.event["limit"].scalar());
    const store::Scope scope{incoming.tenant};
    if (limit && store::portfolios::set_limit_of(session, scope, incoming.connection, *limit))
        store::holds::hurry(session, scope, now_ms);
}

void obey_consent(store::Session& session, const Incoming& incoming, std::int64_t now_ms) {
    const std::string address(utf8_prefix(incoming.event.at("address").text(), address_limit));
    const std::string channel = incoming.event.at("channel").text();
    const bool complaint = incoming.event.value("reason", "") == "complaint";
    if (incoming.event.at("value").text() == "stop")
        suppress(session, incoming, channel, address,
                 complaint ? domain::Suppression::complaint : domain::Suppression::opted_out, "provider",
                 now_ms);
    else
        allow_again(session, store::Scope{incoming.tenant}, channel, address);
}

void note_template(store::Session& session, const Incoming& incoming, std::int64_t now_ms) {
    const Json& event = incoming.event;
    if (!event.contains("status")) return;  // quality alone changes nothing that we decide by
    store::templates::set_status(session, store::Scope{incoming.tenant}, incoming.connection,
                                 event.at("name").text(), event.value("language", ""),
                                 event.at("status").text(),
                                 utf8_prefix(event.value("reason", ""), reason_limit), now_ms);
}

}  // namespace dakiya::receive
