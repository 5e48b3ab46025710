// dakiya/waba/cloud_connection.hpp - sending one message through the Cloud API: derive from CloudConnection.
#ifndef DAKIYA_WABA_CLOUD_CONNECTION_HPP
#define DAKIYA_WABA_CLOUD_CONNECTION_HPP

#include <string>
#include <string_view>

#include "dakiya/waba/cloud_api.hpp"

namespace dakiya::waba {

class CloudConnection : public Connection {
public:
    // One call for one person: there is no bulk call. A file of ours is uploaded first.
    Next send(const Send& in, const Turn& turn) const override {
        if (in.to.size() != 1)
            return Next::done().failed_all(in, {"plugin", "", "WhatsApp takes one recipient in a call"});
        try {
            if (turn.step() == "uploaded") return with_upload(in, *turn.reply());
            if (in.media && in.media->blob != 0) return upload_first(in);
            return message(in, {});
        } catch (const Refused& refused) {
            return Next::done().failed(0, refused.error());
        }
    }

    // The answer to a message says everything; only the upload's has to go on with the message.
    Next answered(const Turn& turn) const override {
        return turn.step() == "uploaded" ? Connection::answered(turn) : read_answer(*turn.reply());
    }

protected:
    static bool is_marketing(const Send& in) { return category(in) == "marketing"; }

    // The call that the message's body goes into. Throws Refused when it cannot go out over this account.
    virtual Http message_call(const Send& in) const = 0;
    // The call that stores in.media.
    virtual Http upload_call(const Send& in) const = 0;
    // Does it say for certain that nothing was sent?
    virtual bool is_refusal(const Reply& reply) const = 0;
    // Why a call was not answered well.
    virtual Error error(const Reply& reply) const = 0;

private:
    static std::string category(const Send& in) {
        return in.template_ ? lower(in.template_->category) : std::string();
    }

    Http message(const Send& in, std::string_view uploaded_handle) const {
        Http http = message_call(in);
        http.json(message_body(in, uploaded_handle));
        if (category(in) == "authentication") http.secret_body();  // it holds a one-time code
        return http;
    }

    // Everything is checked before the upload, so that a refused message leaves no file behind.
    Next upload_first(const Send& in) const {
        message(in, "checked only");
        return upload_call(in).then("uploaded");
    }

    Next with_upload(const Send& in, const Reply& reply) const {
        if (const std::string handle = uploaded_handle(reply); !handle.empty()) return message(in, handle);
        // Nothing was sent: failed, never uncertain.
        if (reply.ok())
            return Next::done().failed(0, {"provider", "", "the file was stored, but no ID was told for it"});
        return Next::done().failed(0, error(reply));
    }

    // 2xx means accepted; delivery, or its failure, comes by webhook. Only the id is dependable.
    Next read_answer(const Reply& reply) const {
        if (is_refusal(reply)) return Next::done().failed(0, error(reply));
        const Json& messages = body_of(reply)["messages"];
        if (reply.ok() && messages.is_array() && !messages.empty())
            if (const Json& id = messages.at(0)["id"]; id.is_string() && !id.text().empty()) {
                Next next = Next::done();
                next.sent(0, id.text());
                return next;
            }
        // No id and no refusal: it may have gone out. A second try could send it twice.
        return Next::done().uncertain(0, error(reply));
    }
};

}  // namespace dakiya::waba

#endif
