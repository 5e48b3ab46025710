#include <utility>  // see smtp_session.cpp

#include "net/smtp_client.hpp"

#include <pthread.h>

#include <thread>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

#include "net/smtp_pool.hpp"

namespace dakiya::net {

class SmtpClient::Loop {
public:
    explicit Loop(SmtpOptions options)
        : options_(std::move(options)),
          io_(1),
          alive_(io_.get_executor()),
          tls_(client_tls(options_.ca_file, "")),
          resolver_(io_),
          timers_(io_) {
        sweep();
        thread_ = std::thread([this] {
            pthread_setname_np(pthread_self(), "mail");
            io_.run();
        });
    }

    ~Loop() {
        boost::asio::post(io_, [this] { stop(); });
        thread_.join();
    }

    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;

    void send(MailRequest request, Done done) {
        auto job = std::make_shared<MailJobs>();
        job->push_back({std::move(request), std::move(done)});
        boost::asio::post(io_, [this, job] { start(std::move(*job)); });
    }

private:
    void start(MailJobs one) {
        MailReply refused;
        refused.transport = Transport::refused;
        refused.stage = "connect";
        if (auto wrong = unfit(one.front().request))
            refused.text = *std::move(wrong);
        else if (stopping_)
            refused.text = "The client is shutting down.";
        if (!refused.text.empty()) return one.front().done(std::move(refused));
        pool(one.front().request.server).add(std::move(one));
    }

    SmtpPool& pool(const MailServer& server) {
        for (const auto& [known, pool] : pools_)
            if (known == server) return *pool;
        const SmtpSession::Shared shared{{io_, timers_, resolver_, options_.guard}, tls_, options_.times};
        return *pools_.emplace_back(server, std::make_unique<SmtpPool>(shared, server, options_.idle)).second;
    }

    void sweep() {
        const Steady now = std::chrono::steady_clock::now();
        std::erase_if(pools_, [now](const auto& entry) {
            entry.second->sweep(now);
            return entry.second->unused();
        });
        timers_.add(now + std::clamp(options_.idle / 2, Millis(10), Millis(1000)), [this] { sweep(); });
    }

    // The loop ends when the last handler has run.
    void stop() {
        stopping_ = true;
        timers_.stop();
        resolver_.cancel();
        for (const auto& entry : pools_) entry.second->stop();
        alive_.reset();
    }

    const SmtpOptions options_;
    boost::asio::io_context io_;
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> alive_;
    boost::asio::ssl::context tls_;
    boost::asio::ip::tcp::resolver resolver_;
    Timers timers_;
    std::vector<std::pair<MailServer, std::unique_ptr<SmtpPool>>> pools_;  // few: one a tenant's connection
    bool stopping_ = false;

    std::thread thread_;
};

SmtpClient::SmtpClient(SmtpOptions options) : loop_(std::make_unique<Loop>(std::move(options))) {}
SmtpClient::~SmtpClient() = default;

void SmtpClient::send(MailRequest request, Done done) { loop_->send(std::move(request), std::move(done)); }

}  // namespace dakiya::net
