// Plays waba-v2.360dialog.io for one number: Meta's bodies and codes, with paths, keys and refusals of
// 360dialog's own.
#pragma once

#include "dialog360_config.hpp"
#include "http.hpp"
#include "meta_message.hpp"
#include "text.hpp"
#include "world.hpp"

#include <string>

namespace sim {

class Dialog360 : public Player {
public:
    explicit Dialog360(World& world) : world_(world) {}

    Reply answer(const Request& request) override;
    void reset() override { file_errors_ = 0; }

    bool reports(const Entry& entry) const override;
    std::size_t statuses_at_once() const override;
    Post statuses(const std::vector<Event>& events) const override;
    Post inbound(Inbound inbound, const std::string& token) const override;

private:
    const Dialog360Config& config() const { return world_.config().of<Dialog360Config>(Provider::dialog360); }
    // Refusals of 360dialog's own have an HTTP status as code, those of Meta one of Meta's.
    Reply refuse(int code, const std::string& details, bool violation = false);
    Reply route(const Request& request);
    Reply send(const Request& request, bool marketing);
    Reply upload(const Request& request);
    Reply file(const Request& request, const std::string& id);
    Reply download(const Request& request);
    Reply no_file();
    Reply webhook(const Request& request);
    Reply templates(const Request& request);
    Reply create_template(const Request& request);
    Reply delete_template(std::string_view name);
    // Settings that a call changes.
    Reply change(const dakiya::Json& section, const dakiya::Json& answer);

    World& world_;
    int file_errors_ = 0;
};

}  // namespace sim
