#include <utility>  // Boost 1.74's awaitable.hpp uses std::exchange and does not include this

#include "net/smtp_client.hpp"

#include <vector>

#include "net/loop.hpp"
#include "net/smtp_pool.hpp"

namespace dakiya::net {

class SmtpClient::Pools {
public:
    explicit Pools(SmtpOptions options) : options_(std::move(options)), loop_(options_.ca_file, "") {
        loop_.start("mail", options_.idle, [this](Steady now) {
            std::erase_if(pools_, [now](const auto& entry) {
                entry.second->sweep(now);
                return entry.second->unused();
            });
        });
    }

    ~Pools() {
        loop_.stop([this] {
            for (const auto& entry : pools_) entry.second->stop();
        });
    }

    Pools(const Pools&) = delete;
    Pools& operator=(const Pools&) = delete;

    void send(MailRequest request, Done done) {
        auto job = std::make_shared<MailJobs>();
        job->push_back({std::move(request), std::move(done)});
        loop_.post([this, job] { start(std::move(*job)); });
    }

private:
    void start(MailJobs one) {
        MailReply refused;
        refused.transport = Transport::refused;
        refused.stage = "connect";
        if (auto wrong = unfit(one.front().request))
            refused.text = *std::move(wrong);
        else if (loop_.stopping())
            refused.text = "The client is shutting down.";
        if (!refused.text.empty()) return one.front().done(std::move(refused));
        pool(one.front().request.server).add(std::move(one));
    }

    SmtpPool& pool(const MailServer& server) {
        for (const auto& [known, pool] : pools_)
            if (known == server) return *pool;
        const SmtpSession::Shared shared{loop_.line(options_.guard), loop_.tls(), options_.times};
        return *pools_.emplace_back(server, std::make_unique<SmtpPool>(shared, server, options_.idle)).second;
    }

    const SmtpOptions options_;
    Loop loop_;
    std::vector<std::pair<MailServer, std::unique_ptr<SmtpPool>>> pools_;  // few: one a tenant's connection
};

SmtpClient::SmtpClient(SmtpOptions options) : pools_(std::make_unique<Pools>(std::move(options))) {}
SmtpClient::~SmtpClient() = default;

void SmtpClient::send(MailRequest request, Done done) { pools_->send(std::move(request), std::move(done)); }

}  // namespace dakiya::net
