#include "webhooks.hpp"

#include "text.hpp"

#include <memory>

namespace sim {
namespace {

using dakiya::Json;

constexpr std::int64_t batch_window_ms = 5;      // how long statuses gather for one body
constexpr std::size_t longest_file = 4'000'000;  // in base64

std::optional<File> read_file(Fields& parent, Fault& fault) {
    const Json* object = parent.object("file");
    if (!object) return std::nullopt;
    Fields fields(*object, &parent, "file", fault);
    File file{std::string(fields.text("type", Fields::required, 255)),
              base64_decode(fields.text("data", Fields::required, longest_file))};
    if (file.data.empty()) fields.fail(Fault::Kind::bad_value, "data", "must be base64");
    fields.finish();
    return file;
}

}  // namespace

Webhooks::Webhooks(boost::asio::io_context& io, World& world)
    : io_(io), world_(world), client_(io), timer_(io) {}

void Webhooks::reset() {
    ++run_;
    due_ = {};
    acknowledged_ = given_up_ = retrying_ = retried_ = 0;
    last_error_.clear();
    handshake_ = nullptr;
}

void Webhooks::accepted(std::size_t n) {
    const Config& config = world_.config();
    if (!config.webhooks.enabled) return;
    const Entry& entry = world_.ledger()[n];
    if (!world_.player(entry.provider).reports(entry)) return;

    std::vector<Event> events;
    for (const Status status : {Status::sent, Status::delivered, Status::read, Status::failed})
        if (entry.timeline.at(status)) events.push_back({n, status});
    const StatusConfig& statuses = config.statuses;
    const auto draw = [&](std::uint64_t purpose) { return mix(config.seed, n, purpose); };
    const bool reordered = events.size() > 1 && chance(statuses.reorder_percent, draw(101));
    for (std::size_t i = 0; i < events.size(); ++i) {
        // Reordered: the last status goes out at the time of the first, and so on.
        const Event& timed = events[reordered ? events.size() - 1 - i : i];
        std::int64_t at = entry.at + entry.timeline.at(timed.status);
        if (chance(statuses.late_percent, draw(200 + i))) at += statuses.late_ms;
        push(events[i], at);
        if (chance(statuses.repeat_percent, draw(300 + i))) push(events[i], at + 1);
    }
    wake();
}

void Webhooks::push(Event event, std::int64_t at) { due_.push({at, ++order_, event}); }

void Webhooks::wake() {
    if (due_.empty() || (wakes_at_ != 0 && wakes_at_ <= due_.top().at)) return;
    wakes_at_ = due_.top().at;
    std::int64_t wait = std::max<std::int64_t>(0, wakes_at_ - now_ms());
    if (world_.config().statuses.batch > 1) wait += batch_window_ms;
    timer_.expires_after(std::chrono::milliseconds(wait));
    timer_.async_wait([this](const boost::system::error_code& ec) {
        if (!ec) send_due();
    });
}

void Webhooks::send_due() {
    wakes_at_ = 0;
    const Config& config = world_.config();
    client_.set_limits(static_cast<std::size_t>(config.webhooks.concurrency),
                       std::chrono::milliseconds(config.webhooks.timeout_ms));
    const std::int64_t now = now_ms();
    std::vector<Event> batches[provider_count];
    const auto flush = [&](Provider provider) {
        std::vector<Event>& batch = batches[index_of(provider)];
        if (batch.empty()) return;
        deliver({provider, world_.player(provider).statuses(batch), batch, 0});
        batch.clear();
    };
    while (!due_.empty() && due_.top().at <= now) {
        const Event event = due_.top().event;
        due_.pop();
        const Provider provider = world_.ledger()[event.n].provider;
        std::vector<Event>& batch = batches[index_of(provider)];
        batch.push_back(event);
        if (batch.size() >= world_.player(provider).statuses_at_once()) flush(provider);
    }
    for (const Provider provider : played()) flush(provider);
    wake();
}

std::optional<Url> Webhooks::target_of(const std::string& url) const {
    for (const auto& [from, to] : world_.config().webhooks.origins)
        if (url == from || url.starts_with(from + '/') || url.starts_with(from + '?'))
            return parse_url(to + url.substr(from.size()));
    return parse_url(url);
}

std::string Webhooks::request(const Post& post, const Url& target) const {
    const auto known = parse_url(post.url);
    std::string out = "POST " + target.target + " HTTP/1.1\r\nHost: ";
    out += known ? known->origin.substr(known->origin.find("//") + 2) : target.host;
    out += "\r\nUser-Agent: sim\r\nContent-Type: " + post.content_type;
    out += "\r\nContent-Length: " + std::to_string(post.body.size()) + "\r\n";
    out += post.headers + "\r\n" + post.body;
    return out;
}

void Webhooks::deliver(Delivery delivery) {
    const auto target = target_of(delivery.post.url);
    if (!target) {
        ++given_up_;
        last_error_ = "not an address: " + delivery.post.url;
        return;
    }
    std::string bytes = request(delivery.post, *target);
    auto held = std::make_shared<Delivery>(std::move(delivery));
    client_.send(*target, std::move(bytes), [this, run = run_, held](const Answer& answer) {
        if (run == run_) answered(std::move(*held), answer);
    });
}

// How often is the role's; the pauses double.
void Webhooks::answered(Delivery delivery, const Answer& answer) {
    if (answer.status >= 200 && answer.status < 300) {
        ++acknowledged_;
        for (const Event& event : delivery.events) world_.ledger().acknowledge(event.n, event.status);
        return;
    }
    last_error_ = answer.status ? "HTTP " + std::to_string(answer.status) : answer.text;
    if (delivery.tries >= world_.config().webhooks.retries[index_of(delivery.provider)]) {
        ++given_up_;
        return;
    }
    const auto pause = std::chrono::milliseconds(world_.config().webhooks.retry_ms
                                                 << std::min<std::int64_t>(delivery.tries, 12));
    ++delivery.tries;
    ++retrying_;
    auto timer = std::make_shared<boost::asio::steady_timer>(io_, pause);
    auto held = std::make_shared<Delivery>(std::move(delivery));
    timer->async_wait([this, run = run_, timer, held](const boost::system::error_code& ec) {
        if (ec || run != run_) return;
        --retrying_;
        ++retried_;
        deliver(std::move(*held));
    });
}

void Webhooks::inbound(const Json& message) {
    Fault fault;
    Fields fields(message, nullptr, "inbound", fault);
    const auto provider = provider_named(fields.text("provider", Fields::required));
    if (!provider) fields.fail(Fault::Kind::bad_value, "provider", "must be a provider that is played here");
    Inbound inbound;
    inbound.from = fields.text("from", Fields::required, 15, 8);
    if (!fault && !all_digits(inbound.from)) fields.fail(Fault::Kind::bad_value, "from", "must be digits");
    inbound.text = fields.text("text", Fields::required, 65'536, 0);
    inbound.name = fields.text("name", Fields::optional, 255, 0);
    inbound.button_payload = fields.text("button_payload", Fields::optional, 256, 0);
    inbound.reply_to = fields.text("reply_to", Fields::optional, 255, 0);
    const std::optional<File> file = read_file(fields, fault);
    inbound.whatsapp = fields.flag("whatsapp", true);
    fields.finish();
    if (fault) throw dakiya::JsonError(fault.message());

    if (file) {
        if (!role(*provider).gives_files)
            throw dakiya::JsonError(std::string(name_of(*provider)) + " gives out no files here");
        inbound.file_type = file->type;
        inbound.file = world_.files().add(*provider, *file);
    }
    inbound.provider = *provider;
    inbound.at = now_ms();
    const std::string token = world_.ledger().token(world_.next_number());
    deliver({*provider, world_.player(*provider).inbound(std::move(inbound), token), {}, 0});
}

void Webhooks::handshake(const Json& which) {
    const std::string name = which.value("provider", "meta");
    const auto provider = provider_named(name);
    const std::string challenge = std::to_string(mix(world_.next_number(), 0, 0) % 10'000'000'000ULL);
    const std::string url = provider ? world_.player(*provider).handshake(challenge) : "";
    const auto target = target_of(url);
    if (!target) throw dakiya::JsonError(name + " has no address to ask: \"" + url + '"');
    handshake_ = Json{{"done", false}};
    client_.send(*target, "GET " + target->target + " HTTP/1.1\r\nHost: " + target->host + "\r\n\r\n",
                 [this, challenge](const Answer& answer) {
                     handshake_ = Json{{"done", true},
                                       {"status", answer.status},
                                       {"ok", answer.status == 200 && answer.text == challenge}};
                 });
}

Json Webhooks::state() const {
    return Json{{"due_later", due_.size()},  {"waiting", client_.waiting()},  {"retrying", retrying_},
                {"retried", retried_},       {"acknowledged", acknowledged_}, {"given_up", given_up_},
                {"last_error", last_error_}, {"handshake", handshake_}};
}

}  // namespace sim
