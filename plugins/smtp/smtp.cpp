// E-mail over SMTP. https://www.rfc-editor.org/rfc/rfc5321
//
// account.hpp the settings · message.hpp a send as a mail (mime.hpp) · answer.hpp what a server's answer
// means · unsubscribe.hpp links and their page · hook.hpp bounces, complaints and replies (mail.hpp reads
// them). The server holds the connection and speaks SMTP: net/smtp_session.
#include "account.hpp"
#include "answer.hpp"
#include "dakiya/provider.hpp"
#include "hook.hpp"
#include "manifest.inc"  // made from manifest.json by dakiya_add_provider()
#include "message.hpp"
#include "unsubscribe.hpp"

namespace {

using namespace dakiya;

class Smtp final : public Connection {
public:
    explicit Smtp(const Settings& settings) : account_(settings) {}

    Next send(const Send& in, const Turn& turn) const override {
        if (const auto error = smtp::refused(account_, in)) return Next::done().failed_all(in, *error);
        return Next::effect("mail/1", smtp::mail_effect(account_, in, turn.now()), "sent",
                            smtp::message_id(account_, in.to.front()));
    }

    // The memo says all that is needed of the message.
    Next answered(const Turn& turn) const override {
        return smtp::read_answer(*turn.reply(), std::string(turn.memo()));
    }

    Next other(const Turn& turn) const override {
        if (turn.op() != "check") return Connection::other(turn);
        if (turn.reply()) return smtp::read_check(account_, *turn.reply());
        Json probe = account_.effect();
        probe.set("probe", true);
        return Next::effect("mail/1", std::move(probe), "checked");
    }

    // Only for requests without the path's secret: somebody clicked on a link.
    std::string verify(const Inbound& in) const override {
        const auto address = smtp::address_of_link(account_, in.url());
        if (!address) throw Fault(DK_REJECTED, "neither the secret in the path nor a link that we signed");
        return smtp::unsubscribe_page(in.method(), *address);
    }
    std::string_view answer_type() const override { return "text/html; charset=utf-8"; }

    std::vector<Event> parse(const Inbound& in) const override { return smtp::read_hook(account_, in); }

private:
    smtp::Account account_;
};

}  // namespace

DAKIYA_PLUGIN(Smtp)
