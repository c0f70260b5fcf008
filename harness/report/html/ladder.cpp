#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "base/text/utf8.h"
#include "base/text/words.h"
#include "report/html/exchange.h"
#include "report/html/page.h"
#include "report/safe_text.h"

namespace wireproof {
namespace {

// In CSS pixels.
constexpr int kFirstLane = 210;
constexpr int kLaneDistance = 330;
constexpr int kRightMargin = 150;
constexpr int kTop = 48;
constexpr int kBottom = 24;
constexpr int kPacketHeight = 30;
constexpr int kCallHeight = 17;
constexpr int kReturnHeight = 6;
constexpr int kBarWidth = 9;
constexpr int kBarDistance = 12;  // of calls of one actor at the same time
constexpr std::size_t kMaxLabel = 44;

struct Event {
  enum class Kind : std::uint8_t { enter, packet, leave };
  Timestamp time{};
  Kind kind = Kind::packet;
  std::size_t index = 0;  // of the packet, or of the call
};

struct Bar {
  std::size_t call = 0;
  int lane = 0;
  int depth = 0;  // how many calls of the actor lasted when it began
  int begin = 0;
  int end = 0;
};

bool is_drawn(const ExchangeView& view, std::size_t index) {
  const bool has_packets =
      index < view.call_packets.size() &&
      (!view.call_packets[index].caused.empty() || !view.call_packets[index].taken.empty());
  return has_packets || view.calls[index].waited || !view.calls[index].returned;
}

bool is_plain_ack(const PacketLine& packet) {
  return packet.remark.mark == PacketMark::repeat && packet.remark.repeat == Repeat::pure_ack;
}

std::string shorten(const std::string& text, std::size_t size) {
  const std::string line = one_line(text);
  return line.size() <= size ? line : std::string(cut_text(line, size)) + "…";
}

class Ladder {
 public:
  Ladder(pugi::xml_node parent, const ExchangeView& view) : view_(view) {
    shown_ = std::min(view.packets.size(), kMostShownPackets);
    find_lanes();
    list_events();
    place_events();
    draw(parent);
  }

 private:
  int lane_of(const std::string& actor) {
    const auto [found, is_new] = lanes_.try_emplace(actor, static_cast<int>(lanes_.size()));
    if (is_new) names_.push_back(actor);
    return found->second;
  }
  static int x_of(int lane) { return kFirstLane + lane * kLaneDistance; }

  void find_lanes() {
    for (std::size_t i = 0; i < shown_; ++i) {
      lane_of(view_.packets[i].from);
      lane_of(view_.packets[i].to);
    }
  }

  // Calls that began before the last packet that is drawn. Of an actor without packets there is
  // nothing to see.
  void list_events() {
    const Timestamp last = view_.packets[shown_ - 1].time;
    for (std::size_t i = 0; i < shown_; ++i) {
      events_.push_back({view_.packets[i].time, Event::Kind::packet, i});
    }
    for (std::size_t i = 0; i < view_.calls.size(); ++i) {
      const SocketCall& call = view_.calls[i];
      if (!is_drawn(view_, i) || !lanes_.contains(call.actor) || call.entered > last) continue;
      events_.push_back({call.entered, Event::Kind::enter, i});
      if (call.returned) {
        events_.push_back({std::max(*call.returned, call.entered), Event::Kind::leave, i});
      }
    }
    std::ranges::stable_sort(events_, {}, &Event::time);
  }

  void place_events() {
    std::map<std::size_t, std::size_t> open;  // bars by their calls
    y_ = kTop;
    packet_y_.resize(shown_);
    for (const Event& event : events_) {
      switch (event.kind) {
        case Event::Kind::packet:
          y_ += kPacketHeight;
          packet_y_[event.index] = y_;
          break;
        case Event::Kind::enter: {
          y_ += kCallHeight;
          const int lane = lane_of(view_.calls[event.index].actor);
          const auto depth = std::ranges::count_if(
              open, [&](const auto& other) { return bars_[other.second].lane == lane; });
          open[event.index] = bars_.size();
          bars_.push_back({event.index, lane, static_cast<int>(depth), y_, y_});
          break;
        }
        case Event::Kind::leave:
          y_ += kReturnHeight;
          bars_[open.at(event.index)].end = y_;
          open.erase(event.index);
          break;
      }
    }
    y_ += kBottom;
    for (const auto& [call, bar] : open) bars_[bar].end = y_;
  }

  void draw(pugi::xml_node parent) {
    pugi::xml_node frame = add_node(parent, "div", "ladder");
    set(frame, "tabindex", "0");
    set(frame, "role", "group");
    set(frame, "aria-label", "Ladder");
    const int width = x_of(static_cast<int>(names_.size()) - 1) + kRightMargin;
    svg_ = add_node(frame, "svg");
    set(svg_, "width", std::to_string(width));
    set(svg_, "height", std::to_string(y_ + kBottom));
    set(svg_, "viewBox", fmt::format("0 0 {} {}", width, y_ + kBottom));
    set(svg_, "role", "group");
    set(svg_, "aria-label",
        fmt::format("{} between {}", counted(shown_, "packet"), enumerate_names()));
    set(svg_, "data-roving", "");
    define_parts();
    draw_lanes();
    auto bar = bars_.begin();
    for (const Event& event : events_) {
      if (event.kind == Event::Kind::enter) draw_bar(*bar++);
      if (event.kind == Event::Kind::packet) draw_packet(event.index);
    }
    if (shown_ == view_.packets.size()) return;
    add(parent, "p",
        fmt::format("The first {} of {} packets are drawn.", shown_, view_.packets.size()));
  }

  std::string enumerate_names() const {
    std::string text;
    for (const std::string& name : names_) text += (text.empty() ? "" : ", ") + one_line(name);
    return text;
  }

  void define_parts() {
    pugi::xml_node defs = add_node(svg_, "defs");
    pugi::xml_node marker = add_node(defs, "marker");
    set(marker, "id", view_.id + "-head");
    for (const auto& [name, value] : {std::pair{"viewBox", "0 0 8 8"},
                                      {"refX", "8"},
                                      {"refY", "4"},
                                      {"markerWidth", "11"},
                                      {"markerHeight", "11"},
                                      {"orient", "auto"},
                                      {"markerUnits", "userSpaceOnUse"}}) {
      set(marker, name, value);
    }
    set(add_node(marker, "path", "head"), "d", "M0 0 L8 4 L0 8 z");
    pugi::xml_node hatch = add_node(defs, "pattern");
    set(hatch, "id", view_.id + "-hatch");
    for (const auto& [name, value] : {std::pair{"width", "5"},
                                      {"height", "5"},
                                      {"patternUnits", "userSpaceOnUse"},
                                      {"patternTransform", "rotate(45)"}}) {
      set(hatch, name, value);
    }
    put_rectangle(hatch, "hatch", {0, 0, 2, 5});
  }

  void draw_lanes() {
    for (std::size_t i = 0; i < names_.size(); ++i) {
      const int x = x_of(static_cast<int>(i));
      put_text(svg_, "actor", x, kTop - 24, shorten(names_[i], kMaxLabel));
      put_line(svg_, "lane", {x, kTop - 14, x, y_});
    }
  }

  // Of the bar what stands before the packet that ended the call's wait: one that it took, and that
  // came behind its entry. All of it, where it waited for nothing that came.
  int end_of_wait(const Bar& bar) const {
    const SocketCall& call = view_.calls[bar.call];
    int end = bar.begin;
    if (bar.call < view_.call_packets.size()) {
      for (const std::size_t packet : view_.call_packets[bar.call].taken) {
        const bool is_shown = packet < shown_ && view_.packets[packet].time > call.entered;
        if (is_shown) end = std::max(end, packet_y_[packet]);
      }
    }
    if (end > bar.begin) return std::min(end, bar.end);
    return call.waited || !call.returned ? bar.end : bar.begin;
  }

  void draw_bar(const Bar& bar) {
    const SocketCall& call = view_.calls[bar.call];
    pugi::xml_node group = add_node(svg_, "g", has_failed(call) ? "call refused" : "call");
    mark_call(group, view_, bar.call);
    pugi::xml_node link = add_node(group, "a");
    set(link, "href", "#" + view_.call_id(bar.call));
    const std::string name = one_line(call.name);
    const std::string lasted =
        call.returned ? render_milliseconds(*call.returned - call.entered) : "did not return";
    // What is seen comes first: who speaks to a browser says that.
    set(link, "aria-label",
        fmt::format("{}, {}, {}{}", shorten(name, kMaxLabel / 2), one_line(call.actor), lasted,
                    end_of_wait(bar) > bar.begin ? ", waited" : ""));
    const int x = x_of(bar.lane) - kBarWidth / 2 + bar.depth * kBarDistance;
    put_rectangle(link, "bar", {x, bar.begin, kBarWidth, std::max(bar.end - bar.begin, 4)});
    const int wait_end = end_of_wait(bar);
    if (wait_end > bar.begin) {
      pugi::xml_node wait =
          put_rectangle(link, "wait", {x, bar.begin, kBarWidth, wait_end - bar.begin});
      set(wait, "fill", fmt::format("url(#{}-hatch)", view_.id));
    }
    const bool is_left = bar.lane == 0;
    const int text_x = is_left ? x_of(0) - kBarWidth - 2 : x + kBarWidth + 4;
    put_text(link, is_left ? "name left" : "name", text_x, bar.begin + 8,
             shorten(name, kMaxLabel / 2));
  }

  void draw_packet(std::size_t index) {
    const PacketLine& packet = view_.packets[index];
    const int y = packet_y_[index];
    std::string css = "packet";
    if (is_plain_ack(packet)) css += " ack";
    if (packet.fate == PacketFate::lost) css += " lost";
    if (view_.wrong.contains(index)) css += " wrong";
    pugi::xml_node group = add_node(svg_, "g", css.c_str());
    mark_packet(group, view_, index);
    if (index > 0) {
      const Duration gap = packet.time - view_.packets[index - 1].time;
      put_text(group, "gap", 4, y + 4, "+" + render_milliseconds(gap));
    }
    pugi::xml_node link = add_node(group, "a");
    set(link, "href", "#" + view_.packet_id(index));
    const std::string_view fate = render_fate(packet.fate);
    const std::string info = fmt::format("{}{}{}", fate, fate.empty() ? "" : ": ", packet.info);
    const std::string label = fmt::format("{}{} {}", view_.wrong.contains(index) ? "✗ " : "",
                                          view_.number_of(index), shorten(info, kMaxLabel));
    set(link, "aria-label",
        fmt::format("{}, {} to {}", label, one_line(packet.from), one_line(packet.to)));
    const int from = x_of(lanes_.at(packet.from));
    const int to = x_of(lanes_.at(packet.to));
    const int gap = from < to ? kBarWidth : -kBarWidth;
    if (from == to) {
      put_rectangle(link, "arrow", {from - 4, y - 4, 8, 8});
    } else {
      pugi::xml_node arrow = put_line(link, "arrow", {from + gap, y, to - gap, y});
      set(arrow, "marker-end", fmt::format("url(#{}-head)", view_.id));
    }
    const int middle = from == to ? from + kLaneDistance / 2 : (from + to) / 2;
    put_text(link, "label", middle, y - 5, label);
  }

  // x, y, width, height.
  static pugi::xml_node put_rectangle(pugi::xml_node parent, const char* css,
                                      const std::array<int, 4>& place) {
    pugi::xml_node node = add_node(parent, "rect", css);
    constexpr std::array kNames = {"x", "y", "width", "height"};
    for (std::size_t i = 0; i < place.size(); ++i) set(node, kNames[i], std::to_string(place[i]));
    return node;
  }
  // From, to.
  static pugi::xml_node put_line(pugi::xml_node parent, const char* css,
                                 const std::array<int, 4>& ends) {
    pugi::xml_node node = add_node(parent, "line", css);
    constexpr std::array kNames = {"x1", "y1", "x2", "y2"};
    for (std::size_t i = 0; i < ends.size(); ++i) set(node, kNames[i], std::to_string(ends[i]));
    return node;
  }
  static void put_text(pugi::xml_node parent, const char* css, int x, int y,
                       const std::string& text) {
    pugi::xml_node node = add(parent, "text", text, css);
    set(node, "x", std::to_string(x));
    set(node, "y", std::to_string(y));
  }

  const ExchangeView& view_;
  std::size_t shown_ = 0;
  std::map<std::string, int> lanes_;
  std::vector<std::string> names_;  // of the lanes
  std::vector<Event> events_;
  std::vector<int> packet_y_;
  std::vector<Bar> bars_;
  int y_ = 0;
  pugi::xml_node svg_;
};

}  // namespace

void add_ladder(pugi::xml_node parent, const ExchangeView& view) {
  if (!view.packets.empty()) Ladder(parent, view);
}

}  // namespace wireproof
