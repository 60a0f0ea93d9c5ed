// One file as it comes off a stream of the phone's file service.
#pragma once

#include "phone/android/pull.h"
#include "phone/android/unpacker.h"

namespace lifeboat::phone::android {

// What is different between the listing and the second look, or from the `got` bytes; empty when
// nothing is. `wraps`: sizes are known in 32 bits only.
std::string difference(const Item& before, const StatReply& after, uint64_t got, bool wraps);

// Reads the frames of one file and the second look at it that was asked for behind it, which a
// phone answers only behind a file that it gives. At the end it throws, instead of saying "end",
// when the file is not what the listing announced: whoever stores the bytes then stores nothing.
class PulledFile final : public ByteSource {
public:
    enum class State {
        reading,
        complete,
        changed,  // not the same before and after
        refused,  // the phone said no, and with that it ends the stream
        broken,   // the stream cannot be used any more
    };

    // All outlive it. `unpacker` serves one file after another.
    PulledFile(SyncInput& input, const SyncDialect& dialect, const PullJob& job,
               Unpacker& unpacker);

    size_t read(MutableByteView out) override;
    // Reads what a taker left unread, without a throw for a changed or refused file.
    void finish();

    State state() const { return state_; }
    const std::string& reason() const { return reason_; }

private:
    size_t read_some(MutableByteView out);
    bool is_packed() const { return job_.packing != Packing::none; }
    size_t read_packed(MutableByteView out);
    size_t read_frames(MutableByteView out);
    void end_of_file();
    void refuse(const Frame& frame);
    void expect_at_most(uint64_t bytes) const;

    SyncInput& input_;
    const SyncDialect& dialect_;
    const PullJob& job_;
    Unpacker& unpacker_;
    Bytes packed_{};
    State state_ = State::reading;
    std::string reason_{};
    uint32_t left_ = 0;  // of the frame under way
    uint64_t came_ = 0;  // as it comes: packed, where it is
    uint64_t got_ = 0;
};

}  // namespace lifeboat::phone::android
