"""Service Quotas: moto's, extended by those of quotas.yaml."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, ClassVar

from moto.servicequotas import urls
from moto.servicequotas.exceptions import NoSuchResource
from moto.servicequotas.responses import ServiceQuotasResponse

from localaws.medialive.service import ACCOUNT
from localaws.quotas import FIGURES, Quotas

_SERVICE_NAMES = {
    "medialive": "AWS Elemental MediaLive",
    "mediaconnect": "AWS Elemental MediaConnect",
    "lambda": "AWS Lambda",
}


class ServiceQuotas(ServiceQuotasResponse):
    """Answers for our services itself, and leaves the others to moto."""

    quotas: ClassVar[Quotas]

    def list_service_quotas(self) -> str:
        """List what is in force."""
        return self._listed(type(self).quotas)

    def list_aws_default_service_quotas(self) -> str:
        """List what is in force where nothing was raised."""
        return self._listed(Quotas())

    def get_service_quota(self) -> str:
        """Tell one quota."""
        return self._one(type(self).quotas)

    def get_aws_default_service_quota(self) -> str:
        """Tell one default."""
        return self._one(Quotas())

    def _listed(self, quotas: Quotas) -> str:
        service = str(self._asked()["ServiceCode"])
        if service not in FIGURES:
            return str(super().list_aws_default_service_quotas())
        return json.dumps({"Quotas": list(self._described(service, quotas))})

    def _one(self, quotas: Quotas) -> str:
        request = self._asked()
        service = str(request["ServiceCode"])
        if service not in FIGURES:
            return str(super().get_service_quota())
        for quota in self._described(service, quotas):
            if quota["QuotaCode"] == request["QuotaCode"]:
                return json.dumps({"Quota": quota})
        raise NoSuchResource

    def _asked(self) -> dict[str, Any]:
        request: dict[str, Any] = json.loads(self.body)
        return request

    def _described(self, service: str, quotas: Quotas) -> Iterator[dict[str, Any]]:
        for name, quota in FIGURES[service].items():
            if "code" in quota:
                arn = f"arn:aws:servicequotas:{self.region}:{ACCOUNT}:{service}/{quota['code']}"
                yield {
                    "ServiceCode": service,
                    "ServiceName": _SERVICE_NAMES[service],
                    "QuotaArn": arn,
                    "QuotaCode": quota["code"],
                    "QuotaName": quota["name"],
                    "Value": float(quotas[name]),
                    "Unit": "None",
                    "Adjustable": quota.get("adjustable", True),
                    "GlobalQuota": False,
                }


def install(quotas: Quotas) -> None:
    """Let moto's Service Quotas tell *quotas*."""
    ServiceQuotas.quotas = quotas
    urls.url_paths["{0}/$"] = ServiceQuotas.dispatch
