// What the API asks of sending. Thin: the rules are in domain/, the engines in their own files.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "domain/content.hpp"
#include "plugin/provider.hpp"
#include "send/ask.hpp"
#include "store/campaigns.hpp"
#include "store/messages.hpp"
#include "store/queue.hpp"
#include "store/scope.hpp"

namespace dakiya::send {

struct MessageRequest {
    Id connection = 0;
    std::string channel;  // empty: the provider's first
    std::string from;     // empty: the connection's default sender
    std::string to;       // as the caller wrote it; phones are normalised here
    Id contact = 0;       // instead of `to`
    domain::Content content;
    std::int64_t expires_at = 0;         // Unix ms; 0: in 24 hours. No attempt starts later
    std::vector<domain::Step> fallback;  // further steps, in order; each with its channel
    store::Lane lane = store::Lane::single;
    // Values of placeholders that nobody may read afterwards, such as the code of a one-time password: they
    // go before the contact's, and what is stored of the recipient's variables is sealed
    // (Connections::seal_params).
    Json secrets;
};

// What the caller writes in the transaction that stores the message, so that both are there or neither is.
// Both run on the writer's thread, and may run more than once.
struct Along {
    std::function<bool(store::Session&)> before = {};  // only reads; false: nothing is to be written
    std::function<void(store::Session&, const store::MessageView&)> after = {};
};

// A sample of what a recipient would get.
struct PreviewItem {
    Id contact = 0;
    std::string address;
    std::string text;  // rendered text, or the template's body with its variables filled in
    Json params;
    std::string encoding;  // "gsm7" or "ucs2" for SMS, else empty
    int parts = 0;
    std::string skip_reason, skip_text;  // when it would not be sent
};

struct Preview {
    std::int64_t audience = 0;  // contacts that the audience names
    std::vector<PreviewItem> items;
    double seconds = 0;  // at the pace that applies; 0: unknown
};

class Service {
public:
    virtual ~Service() = default;

    // Admits, stores and queues; the message's id at once. A message that the rules of admission stop is
    // stored as skipped with its reason and is not an Error. Code::conflict when along.before said no,
    // Code::too_many when a quota is used up. [any thread]
    virtual Result<store::MessageView> send_message(store::Scope scope, const MessageRequest& request,
                                                    const Along& along) = 0;

    virtual Result<Preview> preview(store::Scope scope, const store::Campaign& campaign, int samples) = 0;

    // draft → sending (or scheduled when it has a time). Checks connection, channel, template and variables.
    virtual Result<store::Campaign> start(store::Scope scope, Id campaign) = 0;
    virtual Result<store::Campaign> pause(store::Scope scope, Id campaign) = 0;
    virtual Result<store::Campaign> resume(store::Scope scope, Id campaign) = 0;
    virtual Result<store::Campaign> cancel(store::Scope scope, Id campaign) = 0;

    // Runs operation `check` to its end, at most 20 s: the `account` record and what else was said.
    virtual Result<Json> check(store::Scope scope, Id connection) = 0;
    // Any other operation, for somebody who waits (send/ask.hpp); also of a disabled connection. [any thread]
    virtual Result<std::vector<plugin::Record>> ask(store::Scope scope, Id connection, Question question) = 0;
    // Starts or joins a template sync; its state is in store/template_syncs.
    virtual Result<void> sync_templates(store::Scope scope, Id connection) = 0;
    // A connection was changed or removed: the open one is dropped.
    virtual void connection_changed(Id connection) = 0;
};

}  // namespace dakiya::send
