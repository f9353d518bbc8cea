"""Names under which people keep a column that netplan calls something else."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from netplan.inputs.suggest import folded

#: Columns that `netplan init` adds for people: which cells are guesses, and where a row came from.
OWN_COLUMNS = frozenset({"guess", "source_row"})

_IDS = "number no code site building campus location"
_WORDS: Mapping[str, str] = {
    "school_id": f"id school school_number school_no school_code site_id building_id {_IDS}",
    "name": "school_name school campus campus_name site site_name building building_name title",
    "lat": "latitude y gps_lat",
    "lon": "longitude long lng x gps_lon",
    "level": "school_level school_type type kind grades grade_span",
    "schools.enrollment": "students student_count students_enrolled pupils kids children headcount "
    "head_count enrolled enrolment member members membership total_students number_of_students adm",
    "staff": "employees teachers faculty staff_count adults personnel",
    "guests": "visitors guest_count",
    "year_built": "built construction_year",
    "frl_share": "frl free_reduced_lunch frpl frl_percent",
    "nces_id": "nces ncessch nces_school_id nces_number",
    "grade": "grade_level grades class year level",
    "students": "enrollment enrolled pupils kids children headcount count student_count number",
    "group": "who users people user_group",
    "devices.kind": "device device_type type",
    "per_person": "per_student per_head ratio devices_per_student devices_per_person quantity",
    "present_share": "present attendance",
    "owner": "owned_by ownership",
    "app": "application program software",
    "destination": "to goes_to",
    "period": "bell time_of_day block",
    "start": "start_time begin from begins",
    "end": "end_time finish to ends",
    "share": "percent fraction usage",
    "node_id": "id node node_name device device_id name hostname",
    "nodes.kind": "type node_type device_type role",
    "throughput_mbps": "throughput capacity capacity_mbps mbps",
    "count": "quantity qty units how_many number circuits aps",
    "year_installed": "installed install_year installation_year year",
    "wifi": "wifi_generation generation standard",
    "channel_mhz": "channel channel_width width",
    "rooms": "classrooms room_count",
    "model": "make product hardware",
    "link_id": "id link circuit circuit_id line line_id name",
    "a": "from from_node source src upstream end_a a_end near near_end node_a",
    "b": "to to_node target destination dest dst downstream end_b b_end far far_end node_b",
    "down_mbps": "mbps bandwidth bandwidth_mbps speed speed_mbps download download_mbps capacity "
    "capacity_mbps rate_mbps",
    "up_mbps": "upload upload_mbps upload_speed",
    "role": "primary_backup use purpose",
    "medium": "media type connection technology",
    "monthly_usd": "cost_per_month monthly_cost price monthly_price usd_per_month",
    "contract_end": "contract_expires expires expiration contract_expiration end_date contract_end_"
    "date",
    "geoid": "geo_id geoid20 geoid10 fips census_geoid area area_id block_group tract census_tract",
    "students_offline": "offline students_without_internet no_internet without_internet",
    "max_down_mbps": "down_mbps download max_download down speed max_advertised_download_speed",
    "max_up_mbps": "up_mbps upload max_upload up max_advertised_upload_speed",
    "technologies": "technology tech",
    "providers": "provider isp brand brand_name",
    "population": "pop people pop100 total_population",
    "block_id": "id block geoid20 block_geoid",
    "stop_id": "id stop stop_number",
    "allowed": "parking parking_allowed permitted",
    "bus_id": "id bus vehicle bus_number",
    "depot_lat": "lat latitude",
    "depot_lon": "lon longitude long lng",
    "max_clients": "clients devices users router_clients",
    "backhaul_mbps": "backhaul mbps bandwidth speed down_mbps",
    "usd_per_year": "cost_per_year yearly_cost annual_cost cost price usd",
    "usd_per_hour": "cost_per_hour hourly_cost wage",
    "slot_id": "id slot",
    "weekday": "day day_of_week",
    "partner_id": "id partner site_id",
    "seats": "capacity places chairs",
    "hours_per_week": "hours weekly_hours open_hours",
    "transit": "free_transit bus_pass",
    "offer_id": "id offer plan",
    "usd_per_student_per_year": "price cost cost_per_student usd_per_year",
    "geoids": "areas block_groups where",
    "range_m": "range radius radius_m",
    "usd_capital": "capital capex build_cost",
    "lifetime_years": "lifetime years life",
    "transit_stop_id": "stop_id id stop",
    "direction": "dir way",
    "p95_mbps": "p95 mbps peak_mbps 95th 95th_percentile percentile_95 p95_rate measured_mbps",
    "weeks": "duration_weeks number_of_weeks",
}
SYNONYMS: Mapping[str, frozenset[str]] = MappingProxyType(
    {name: frozenset(map(folded, words.split())) for name, words in _WORDS.items()}
)


def synonym(table: str, column: str, names: Iterable[str]) -> str | None:
    """Give the one of some column names that people use for a column; None when none is.

    Parameters
    ----------
    table
        Table of the column: one name may mean different things in two tables.
    names
        Names as they stand in the header.
    """
    words = SYNONYMS.get(f"{table}.{column}", SYNONYMS.get(column, frozenset()))
    return next((name for name in names if folded(name) in words), None)
