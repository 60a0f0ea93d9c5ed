#include "base/task_group.h"

#include "base/error.h"

#include <utility>

namespace lifeboat {

TaskGroup::TaskGroup(const std::stop_token& outside)
    : outside_(outside), forward_(outside, Forward{source_}) {}

TaskGroup::~TaskGroup() {
    source_.request_stop();
}

void TaskGroup::run(Work work) {
    threads_.emplace_back([this, work = std::move(work)] {
        try {
            work(source_.get_token());
        } catch (...) {
            first_.with([](std::exception_ptr& first) {
                if (!first) first = std::current_exception();
            });
            source_.request_stop();
        }
    });
}

void TaskGroup::rethrow_failure() const {
    const auto first = first_.with([](const std::exception_ptr& e) { return e; });
    if (first) std::rethrow_exception(first);
}

void TaskGroup::join() {
    for (std::jthread& thread : threads_) thread.join();
    threads_.clear();
    const auto first = first_.with([](std::exception_ptr& e) { return std::exchange(e, nullptr); });
    if (outside_.stop_requested()) throw Cancelled{};
    if (first) std::rethrow_exception(first);
}

}  // namespace lifeboat
