// Plays graph.facebook.com for one business: WhatsApp Cloud API, v21.0 to v26.0.
#pragma once

#include "http.hpp"
#include "meta_config.hpp"
#include "meta_message.hpp"
#include "text.hpp"
#include "world.hpp"

#include <map>
#include <string>

namespace sim {

class Meta : public Player {
public:
    explicit Meta(World& world) : world_(world) {}

    Reply answer(const Request& request) override;
    void reset() override {
        uploads_.clear();
        handles_.clear();
        subscribed_ = true;
    }

    bool reports(const Entry& entry) const override;
    Post statuses(const std::vector<Event>& events) const override;
    Post inbound(Inbound inbound, const std::string& token) const override;
    std::size_t statuses_at_once() const override;
    std::string handshake(const std::string& challenge) const override;

private:
    struct Upload {  // of an example for a template
        std::string name, type;
        std::size_t size = 0;
        std::string signature;  // the query of its address
    };
    struct Call {
        const Request& request;
        std::string_view version, object, edge;  // /v25.0/{object}/{edge}
        Form query;
    };

    const MetaConfig& config() const { return world_.config().of<MetaConfig>(Provider::meta); }
    Reply refuse(const MetaRefusal& refusal);
    Reply refuse(int code, std::string details, bool violation = false) {
        return refuse({code, std::move(details), violation});
    }
    MetaRefusal check_caller(const Call& call);
    Reply route(const Call& call);
    Reply phone(const Call& call);
    Reply business(const Call& call);
    Reply file(const Call& call);
    Reply download(const Request& request);

    Reply send(const Call& call, bool marketing);
    Reply upload(const Call& call);
    Reply history(const Call& call);
    Reply templates(const Call& call);
    Reply create_template(const Call& call);

    // meta_upload.cpp
    Reply open_upload(const Call& call);
    Reply take_bytes(const Call& call);
    MetaRefusal check_examples(const dakiya::Json& components) const;

    World& world_;
    std::map<std::string, Upload, std::less<>> uploads_;       // open, by "upload:…"
    std::map<std::string, std::string, std::less<>> handles_;  // their MIME types
    bool subscribed_ = true;
};

}  // namespace sim
