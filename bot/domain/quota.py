from dataclasses import dataclass
@dataclass(frozen=True)
class Quota:
    per_user: int
    per_channel: int
    def refuse(self, user_active: int, channel_active: int) -> str:
        if self.per_user and user_active >= self.per_user:
            return f"You have {user_active} questions under way, and {self.per_user} is the most: wait."
        if self.per_channel and channel_active >= self.per_channel:
            return f"This channel has {channel_active} questions under way, and {self.per_channel} is the most: wait."
        return ""
