"""What may stand in the YAML in which devices and their families are declared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from telemetry.domain.mappings.spec import MappingSpec
from telemetry.domain.registers import BIT_TABLES, RegisterSpec

Key = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
Finite = Annotated[float, Field(allow_inf_nan=False)]
NotNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]
MAX_ADDRESS = 65_536
A_YEAR_S = 31_622_400.0
Seconds = Annotated[float, Field(ge=0.01, le=A_YEAR_S)]
"""How often something is expected; times beyond would be none to those who count with them."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ElementRef(_Part):
    """Name a network element: a node, a link or a connection point; `kind` where the code is not enough."""

    network: str
    node: str | None = None
    link: str | None = None
    connection_point: str | None = None
    kind: str | None = None

    @model_validator(mode="after")
    def _names_one(self) -> ElementRef:
        if sum(name is not None for name in (self.node, self.link, self.connection_point)) != 1:
            raise ValueError("name one of node, link, connection_point")
        return self

    @property
    def table(self) -> Literal["node", "link", "connection_point"]:
        """Return which of the three is named."""
        return "node" if self.node else "link" if self.link else "connection_point"

    @property
    def code(self) -> str:
        """Return the code of the element."""
        return self.node or self.link or self.connection_point or ""


class Location(_Part):
    """A point of its own, EPSG:4326."""

    lon: Annotated[float, Field(ge=-180, le=180)]
    lat: Annotated[float, Field(ge=-90, le=90)]


class AlarmEntry(_Part):
    """A rule on a sensor."""

    kind: Literal[
        "high", "low", "very_high", "very_low", "rate", "no_change", "no_update", "discrepancy", "expression"
    ]  # fmt: skip
    code: Annotated[str, Field(max_length=32)] = ""
    limit: Finite = 0
    window_s: Annotated[float, Field(ge=10, le=604_800)] | None = None
    aggregate: Literal["", "mean", "min", "max", "sum", "count", "last"] = ""
    op: Literal["gt", "lt"] = "gt"
    other: Annotated[str, Field(max_length=130)] | None = None
    alarm_class: Literal["supply", "safety", "quality", "environment", "equipment", "instrument"] = "supply"
    deadband: NotNegative = 0
    on_delay_s: NotNegative = 0
    off_delay_s: NotNegative = 0
    priority: Annotated[int, Field(ge=1, le=4)] = 3
    response_fr: str = ""
    response_ar: str = ""
    consequence_fr: str = ""
    consequence_ar: str = ""
    active: bool = True

    @model_validator(mode="after")
    def _has_its_limit(self) -> AlarmEntry:
        if self.kind != "no_update" and "limit" not in self.model_fields_set:
            raise ValueError("a limit is needed")
        return self


class MqttField(_Part):
    """Where a value stands in the payload and how it becomes the sensor's unit."""

    field: Annotated[str, Field(max_length=64)] | None = None
    scale: Finite = 1
    offset: Finite = 0


class SparkplugMetric(_Part):
    """Which metric of the edge node or device gives a value, and how it becomes the sensor's unit."""

    metric: Annotated[str, Field(min_length=1, max_length=250)]
    scale: Finite = 1
    offset: Finite = 0


class RegisterEntry(_Part):
    """Where a value lies in a Modbus device."""

    table: Literal["holding", "input", "coil", "discrete"]
    address: Annotated[int, Field(ge=0, lt=MAX_ADDRESS)]
    type: Literal[
        "uint16", "int16", "float16", "bcd16", "uint32", "int32", "float32", "bcd32",
        "uint64", "int64", "float64", "bool",
    ] = "uint16"  # fmt: skip
    word_order: Literal["big", "little"] = "big"
    byte_order: Literal["big", "little"] = "big"
    scale: Finite = 1
    offset: Finite = 0
    bit: Annotated[int, Field(ge=0, le=15)] | None = None
    mask: Annotated[int, Field(gt=0, lt=2**64)] | None = None
    sentinels: tuple[float, ...] = ()

    @model_validator(mode="after")
    def _fits(self) -> RegisterEntry:
        if self.table in BIT_TABLES and self.type != "bool":
            raise ValueError(f"a {self.table} holds a bool")
        if RegisterSpec(self.table, self.address, self.type).end > MAX_ADDRESS:
            raise ValueError("the value ends beyond the last address")
        return self


class SensorEntry(_Part):
    """A measured quantity of a device."""

    key: Key
    quantity: Literal[
        "pressure", "flow", "level", "volume", "energy", "power", "voltage", "current",
        "state", "temperature", "battery", "signal", "other",
    ]  # fmt: skip
    unit: Annotated[str, Field(min_length=1, max_length=16)]
    name_fr: Annotated[str, Field(max_length=120)] = ""
    name_ar: Annotated[str, Field(max_length=120)] = ""
    expected_interval_s: Seconds | None = None
    cumulative: bool = False
    deadband: NotNegative | None = None
    heartbeat_s: Annotated[float, Field(ge=1, le=A_YEAR_S)] | None = None
    valid_min: Finite | None = None
    valid_max: Finite | None = None
    element: ElementRef | None = None
    location: Location | None = None
    mqtt: MqttField | None = None
    modbus: RegisterEntry | None = None
    sparkplug: SparkplugMetric | None = None
    states: dict[float, Literal["open", "closed", "active"]] = Field(default_factory=dict)
    alarms: tuple[AlarmEntry, ...] = ()
    active: bool = True


def fields_named_twice(sensors: Iterable[SensorEntry]) -> list[str]:
    """Return the fields or metrics that several sensors would read: only one of them would get the value."""
    named = Counter(
        one.sparkplug.metric if one.sparkplug else (one.mqtt and one.mqtt.field) or one.key for one in sensors
    )
    return [field for field, count in named.items() if count > 1]


def check_endpoint(text: str) -> str:
    """Return where a Modbus device is reached, as it was given.

    Raises:
        ValueError: nobody could connect there.
    """
    parts = urlsplit(text)
    if parts.scheme not in {"tcp", "rtu+tcp"} or not parts.hostname or not parts.port:
        raise ValueError("an address is tcp://host:port or rtu+tcp://host:port")
    return text


def _endpoint(text: str) -> str:
    return text if text == "env:MODBUS_URL" else check_endpoint(text)


class ModbusEndpoint(_Part):
    """How a Modbus device is reached and how often it is asked."""

    endpoint: Annotated[
        str,
        Field(pattern=r"^(env:MODBUS_URL|(rtu\+)?tcp://[^/\s:@]+:\d{1,5})$"),
        AfterValidator(_endpoint),
    ]
    unit: Annotated[int, Field(ge=0, le=255)] = 1
    interval_s: Annotated[float, Field(ge=0.1, le=A_YEAR_S)] = 5
    timeout_s: Annotated[float, Field(gt=0, le=30)] = 1
    max_gap: Annotated[int, Field(ge=0, le=100)] = 8


class SparkplugPlace(_Part):
    """Where a device stands in Sparkplug: `group/edge node`, or `group/edge node/device`."""

    edge: Annotated[str, Field(pattern=r"^[^/+#]{1,100}/[^/+#]{1,100}(/[^/+#]{1,100})?$")]


class DeviceEntry(_Part):
    """A device with its sensors."""

    code: Key
    protocol: Literal["mqtt", "modbus", "sparkplug"]
    name: Annotated[str, Field(max_length=200)] = ""
    family: Annotated[str, Field(max_length=64)] = ""
    expected_interval_s: Seconds = 60
    element: ElementRef | None = None
    location: Location | None = None
    modbus: ModbusEndpoint | None = None
    sparkplug: SparkplugPlace | None = None
    sensors: tuple[SensorEntry, ...]
    active: bool = True

    @model_validator(mode="after")
    def _hangs_together(self) -> DeviceEntry:
        keys = [sensor.key for sensor in self.sensors]
        if len(keys) != len(set(keys)):
            raise ValueError("two sensors have the same key")
        if twice := fields_named_twice(self.sensors):
            raise ValueError(f"two sensors read {', '.join(twice)}")
        if self.protocol == "modbus":
            if self.modbus is None:
                raise ValueError("a Modbus device needs modbus: {endpoint: …}")
            if missing := [sensor.key for sensor in self.sensors if sensor.modbus is None]:
                raise ValueError(f"no register for {', '.join(missing)}")
        if self.protocol == "sparkplug" and self.sparkplug is None:
            raise ValueError("a Sparkplug device needs sparkplug: {edge: group/edge node}")
        return self


class FamilyEntry(_Part):
    """What devices of one kind share: defaults laid under each of them, sensors laid by key."""

    protocol: Literal["mqtt", "modbus", "sparkplug"] = "mqtt"
    name_fr: Annotated[str, Field(max_length=120)] = ""
    name_ar: Annotated[str, Field(max_length=120)] = ""
    mapping: MappingSpec | None = None
    sensors: tuple[SensorEntry, ...] = ()
    expected_interval_s: Seconds | None = None
    modbus: dict[str, Any] | None = None
    name: Annotated[str, Field(max_length=200)] | None = None
    element: ElementRef | None = None
    location: Location | None = None
    active: bool | None = None

    @model_validator(mode="after")
    def _hangs_together(self) -> FamilyEntry:
        keys = [sensor.key for sensor in self.sensors]
        if len(keys) != len(set(keys)):
            raise ValueError("two sensors have the same key")
        if self.mapping is not None and self.protocol != "mqtt":
            raise ValueError("a mapping is for MQTT")
        if self.modbus is not None:
            _check_endpoint(self.modbus)
        return self


def _check_endpoint(common: dict[str, Any]) -> None:
    """Check what a family says of the endpoints of its devices.

    Raises:
        ValueError: saying where, and the first fault alone.
    """
    try:
        ModbusEndpoint.model_validate({"endpoint": "env:MODBUS_URL"} | common)
    except ValidationError as error:
        first = error.errors()[0]
        raise ValueError(f"{'.'.join(map(str, ('modbus', *first['loc'])))}: {first['msg']}") from None
