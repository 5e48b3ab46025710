// Plays control.msg91.com for one account: SMS flows, OTP and WhatsApp.
#pragma once

#include "http.hpp"
#include "msg91_config.hpp"
#include "msg91_message.hpp"
#include "msg91_otp.hpp"
#include "text.hpp"
#include "world.hpp"

#include <deque>
#include <string>
#include <unordered_set>
#include <utility>

namespace sim {

class Msg91 : public Player {
public:
    explicit Msg91(World& world) : world_(world) {}

    Reply answer(const Request& request) override;
    void reset() override {
        otps_.clear();
        recent_.clear();
        recent_order_.clear();
    }

    bool reports(const Entry& entry) const override;
    Post statuses(const std::vector<Event>& events) const override;
    Post inbound(Inbound inbound, const std::string& token) const override;

private:
    enum class Shape { sms, whatsapp };  // of an answer

    const Msg91Config& config() const { return world_.config().of<Msg91Config>(Provider::msg91); }
    Reply error(int code, std::string_view details, Shape shape) const;
    Reply refuse(const Msg91Refusal& refusal, Shape shape = Shape::sms);
    Reply route(const Request& request);
    Reply balance(const Request& request);
    Reply reads(const Request& request, std::string_view path);

    Reply send(const Request& request, std::string_view path);
    Reply accept(const Msg91Message& message, Shape shape);
    bool repeated(std::string_view body);
    void remember(std::string_view body);

    Reply otp(const Request& request);
    Reply otp_verify(const Form& query);
    Reply otp_retry(const Form& query);
    Reply send_otp(std::uint64_t number, std::string_view code, std::string_view template_id, bool cut);

    Reply sms_log(const Request& request);
    Reply whatsapp_log();

    World& world_;
    OtpBook otps_;
    std::unordered_set<std::uint64_t> recent_;  // bodies of the last ten seconds
    std::deque<std::pair<std::int64_t, std::uint64_t>> recent_order_;
};

}  // namespace sim
