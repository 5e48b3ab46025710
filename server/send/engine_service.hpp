// The Service that the engines offer (send/service.hpp): checks, writes, rings.
#pragma once

#include <functional>

#include "send/connections.hpp"
#include "send/exchange.hpp"
#include "send/limits.hpp"
#include "send/media_transfers.hpp"
#include "send/queue_runner.hpp"
#include "send/service.hpp"
#include "send/template_sync.hpp"
#include "store/ids.hpp"
#include "store/writer.hpp"

namespace dakiya::send {

class EngineService final : public Service {
public:
    // All must outlive this.
    struct Parts {
        store::Database& db;
        store::Writer& writer;
        store::Ids& ids;
        Connections& connections;
        Exchange& exchange;
        TemplateSync& template_sync;
        const Limits& limits;
        const Clock& clock;
        std::function<void()> to_campaigns;   // a campaign changed
        std::function<void()> to_dispatcher;  // something may be sent again
        QueueRunner& otp;                     // sends single messages of that lane
        QueueRunner& singles;
        MediaTransfers* media = nullptr;  // null: contents that name files of ours are refused
    };

    explicit EngineService(Parts parts) : parts_(std::move(parts)) {}

    Result<store::MessageView> send_message(store::Scope scope, const MessageRequest& request,
                                            const Along& along) override;
    Result<Preview> preview(store::Scope scope, const store::Campaign& campaign, int samples) override;
    Result<store::Campaign> start(store::Scope scope, Id campaign) override;
    Result<store::Campaign> pause(store::Scope scope, Id campaign) override;
    Result<store::Campaign> resume(store::Scope scope, Id campaign) override;
    Result<store::Campaign> cancel(store::Scope scope, Id campaign) override;
    Result<Json> check(store::Scope scope, Id connection) override;
    Result<std::vector<plugin::Record>> ask(store::Scope scope, Id connection, Question question) override;
    Result<void> sync_templates(store::Scope scope, Id connection) override;
    void connection_changed(Id connection) override;

private:
    // also: in the same transaction, with the campaign as it is after the action.
    using Also = std::function<void(store::Session&, const store::Campaign&)>;
    Result<store::Campaign> act(store::Scope scope, Id campaign, domain::Action action,
                                const Also& also = {});
    void works_again(store::Scope scope, Id connection);
    Result<PlacedContent> ready_content(const OpenConnection& connection, const MessageRequest& request);

    Parts parts_;
};

}  // namespace dakiya::send
