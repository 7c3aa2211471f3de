"""Who somebody is, and which staff roles they hold. Rights inside an association belong to `applications`."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A person; without a password they log in by the code that is mailed to them."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password) if password else user.set_unusable_password()
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """A person, known by e-mail address. `key` is what the journal calls them; it survives their name."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(_("E-Mail-Adresse"), unique=True)
    name = models.CharField(_("Name"), max_length=120, blank=True)
    phone = models.CharField(_("Telefon"), max_length=40, blank=True)
    language = models.CharField(_("Sprache"), max_length=5, default="de")
    is_active = models.BooleanField(_("aktiv"), default=True)
    is_staff = models.BooleanField(_("darf die Datensicht lesen"), default=False)
    date_joined = models.DateTimeField(default=timezone.now)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_once")]
        verbose_name = _("Person")
        verbose_name_plural = _("Personen")

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return str(self)

    @property
    def is_superuser(self) -> bool:
        """Nobody is: rights follow from roles, and the data view only reads."""
        return False

    def has_perm(self, perm: str, obj: object = None) -> bool:
        return self.is_active and self.is_staff and ".view_" in perm

    def has_perms(self, perms: list[str], obj: object = None) -> bool:
        return all(self.has_perm(perm, obj) for perm in perms)

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active and self.is_staff


class RoleGrant(models.Model):
    """A role given to a person, and when it ended. Rows are never removed: they are the history."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="grants")
    user_key = models.UUIDField(editable=False)
    role = models.CharField(_("Rolle"), max_length=32, choices=Role)
    granted_at = models.DateTimeField(_("gegeben"))
    granted_by = models.UUIDField(null=True)
    ended_at = models.DateTimeField(_("beendet"), null=True)
    ended_by = models.UUIDField(null=True)

    class Meta:
        ordering = ("role", "granted_at")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role"], condition=models.Q(ended_at__isnull=True), name="role_held_once"
            ),
            models.CheckConstraint(
                name="role_not_given_to_oneself",
                condition=models.Q(granted_by__isnull=True) | ~models.Q(granted_by=models.F("user_key")),
            ),
            models.CheckConstraint(
                name="role_ends_after_it_began",
                condition=models.Q(ended_at__isnull=True) | models.Q(ended_at__gte=models.F("granted_at")),
            ),
            models.CheckConstraint(name="role_known", condition=models.Q(role__in=[r.value for r in Role])),
        ]
        verbose_name = _("Rollenvergabe")
        verbose_name_plural = _("Rollenvergaben")

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}"
