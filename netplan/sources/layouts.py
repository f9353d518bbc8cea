"""The known layouts of lists: schools, circuits, grades, and the places of the after-school half.

A layout says which heading holds which field. To add one, add its line to
LAYOUTS: no other module knows a source's headings.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

List = Literal["schools", "circuits", "grades", "libraries", "parks", "stops"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """One known layout.

    Parameters
    ----------
    name, title
        Short name, and what it is called in reports.
    of
        Which list it is a layout of.
    signs
        Normalized headings that only this layout has; all must be there.
    columns
        Field to the normalized headings that may hold it, the best first.
    """

    name: str
    title: str
    of: List
    signs: tuple[str, ...]
    columns: Mapping[str, tuple[str, ...]]


def _fields(**columns: str) -> dict[str, tuple[str, ...]]:
    return {name: tuple(headings.split()) for name, headings in columns.items()}


# Layouts of schools end in `generic`: any headings that say what they are.
LAYOUTS: tuple[Layout, ...] = (
    Layout(
        name="nces_search",
        title="NCES public school search download",
        of="schools",
        signs=("nces_school_id", "school_name", "students", "low_grade"),
        columns=_fields(
            school_id="state_school_id",
            nces_id="nces_school_id",
            name="school_name",
            district_id="nces_district_id",
            district_name="district",
            state="state",
            low_grade="low_grade",
            high_grade="high_grade",
            enrollment="students",
            teachers="teachers",
            free="free_lunch",
            reduced="reduced_lunch",
            direct="directly_certified",
            locale="locale",
            title_i="title_i_school title_1_school_wide",
            type="type",
            status="status",
            charter="charter",
            lat="hifld_lat lat1516 lat latitude",
            lon="hifld_lon lon1516 lon longitude",
            other_lat="latitude",
            other_lon="longitude",
        ),
    ),
    Layout(
        name="hifld",
        title="HIFLD Public Schools",
        of="schools",
        signs=("ncesid", "enrollment", "st_grade", "end_grade"),
        columns=_fields(
            nces_id="ncesid",
            name="name",
            district_id="districtid",
            state="state",
            low_grade="st_grade",
            high_grade="end_grade",
            enrollment="enrollment",
            teachers="ft_teachers",
            type="type",
            status="status",
            lat="latitude lat y",
            lon="longitude long lon x",
        ),
    ),
    Layout(
        name="edge",
        title="NCES EDGE public school points",
        of="schools",
        signs=("ncessch", "name", "locale", "lat", "lon"),
        columns=_fields(
            nces_id="ncessch",
            name="name",
            district_id="leaid",
            state="state",
            locale="locale",
            lat="lat",
            lon="lon",
            enrollment="students enrollment member",
            school_year="schoolyear",
        ),
    ),
    Layout(
        name="ccd_directory",
        title="NCES CCD school directory",
        of="schools",
        signs=("ncessch", "sch_name", "leaid"),
        columns=_fields(
            school_id="st_schid",
            nces_id="ncessch",
            name="sch_name",
            district_id="leaid",
            district_name="lea_name",
            state="st",
            low_grade="gslo",
            high_grade="gshi",
            level="level",
            type="sch_type_text",
            status="sy_status_text sy_status",
            charter="charter_text",
            virtual="virtual_text virtual",
            school_year="school_year",
            enrollment="student_count students enrollment member",
            teachers="teachers",
            lat="lat latitude",
            lon="lon longitude",
        ),
    ),
    Layout(
        name="maryland",
        title="Maryland (MSDE) directory with enrollment",
        of="schools",
        signs=("school_number", "nces_number", "grade_span", "enrolled"),
        columns=_fields(
            school_id="school school_number",
            nces_id="nces_number",
            name="school_name",
            state="state",
            grade_span="grade_span",
            type="school_type",
            enrollment="enrolled",
            lat="lat latitude",
            lon="lon longitude",
            year="year",
        ),
    ),
    Layout(
        name="generic",
        title="a list whose headings say what they are",
        of="schools",
        signs=(),
        columns=_fields(
            school_id="school_id id school_number school_no school_code site_id site_code site "
            "building_id campus_id campus_code number code st_schid state_school_id",
            nces_id="nces_id nces_school_id ncesid ncessch nces nces_number",
            name="school_name name school campus site_name building building_name campus_name "
            "sch_name name_of_school facility facility_name location site",
            district_id="nces_district_id leaid districtid nces_leaid",
            district_name="district district_name lea_name",
            state="state st",
            level="level school_level level_ levels",
            low_grade="low_grade lowest_grade lowest_grade_offered grade_from gslo st_grade",
            high_grade="high_grade highest_grade highest_grade_offered grade_to gshi end_grade",
            grade_span="grade_span grades grade_range grade_levels span levels",
            enrollment="enrollment students enrolled student_count total_enrollment "
            "total_students number_of_students enrolment member membership members pupils kids "
            "children headcount head_count pupil_count student_enrollment current_enrollment",
            teachers="teachers teachers_fte ft_teachers fte_teachers",
            staff="staff total_staff employees",
            free="free_lunch",
            reduced="reduced_lunch reduced_price_lunch",
            direct="directly_certified direct_certification",
            frl_share="frl_share",
            locale="locale urban_centric_locale",
            year_built="year_built built",
            title_i="title_i",
            type="type school_type",
            status="status school_status",
            charter="charter",
            virtual="virtual",
            lat="lat latitude y",
            lon="lon longitude long lng x",
        ),
    ),
    Layout(
        name="erate_line_items",
        title="E-Rate line items as EducationSuperHighway cleaned them",
        of="circuits",
        signs=("bandwidth_in_mbps", "num_lines", "connect_category"),
        columns=_fields(
            item_id="line_item_id",
            bandwidth_mbps="bandwidth_in_mbps",
            lines="num_lines",
            medium="connect_category",
            usd_per_year="total_cost",
            usd_per_line_year="cost_per_line",
            district_id="nces_cd",
            district_name="district_name",
            application="frn_complete",
            isp="isp_conditions_met",
            upstream="upstream_conditions_met",
            internet_only="ia_circuit_only",
            wan="likely_wan_fiber",
        ),
    ),
    Layout(
        name="generic",
        title="a circuit list whose headings say what they are",
        of="circuits",
        signs=(),
        columns=_fields(
            item_id="line_item_id id circuit_id circuit frn item",
            bandwidth_mbps="bandwidth_in_mbps bandwidth_mbps mbps bandwidth speed_mbps speed "
            "download_speed_mbps down_mbps bandwidth_speed circuit_speed line_speed",
            lines="num_lines lines count circuits quantity qty number_of_lines",
            medium="connect_category medium connection_type type_of_connection technology",
            usd_per_year="total_cost annual_cost usd_per_year",
            usd_per_line_year="cost_per_line annual_cost_per_line",
            usd_per_line_month="monthly_cost_per_line monthly_usd monthly_cost",
            purpose="purpose use used_for purpose_of_line",
            school_id="school_id school school_name site site_id site_name building building_id "
            "building_name campus campus_id campus_name school_number school_no school_code",
            district_id="nces_cd leaid nces_leaid nces_district_id",
            district_name="district_name district",
            application="frn_complete frn application",
        ),
    ),
    Layout(
        name="ccd_membership",
        title="NCES CCD school membership",
        of="grades",
        signs=("ncessch", "grade", "student_count", "total_indicator"),
        columns=_fields(
            school_id="ncessch",
            grade="grade",
            students="student_count",
            kind="total_indicator",
            year="school_year",
        ),
    ),
    Layout(
        name="generic",
        title="a grade list whose headings say what they are",
        of="grades",
        signs=(),
        columns=_fields(
            school_id="school school_id school_number school_no school_code site_id nces_id "
            "nces_school_id ncessch",
            grade="grade grade_level",
            students="enrolled_count students student_count enrolled enrollment count",
            year="year school_year",
        ),
    ),
    Layout(
        name="imls_outlets",
        title="IMLS Public Libraries Survey, outlets",
        of="libraries",
        signs=("c_out_ty", "libname"),
        columns=_fields(
            partner_id="libid",
            system_id="fscskey",
            sequence="fscs_seq",
            name="libname",
            type="c_out_ty",
            sq_feet="sq_feet",
            hours_per_year="hours",
            weeks="wks_open",
            lat="latitude lat",
            lon="longitud longitude lon long",
        ),
    ),
    Layout(
        name="generic",
        title="a list of libraries whose headings say what they are",
        of="libraries",
        signs=(),
        columns=_fields(
            partner_id="partner_id library_id branch_id outlet_id id",
            name="name library library_name branch branch_name",
            type="type outlet_type",
            sq_feet="sq_feet square_feet floor_area_sq_ft",
            seats="seats",
            backhaul_mbps="backhaul_mbps internet_mbps mbps",
            hours_per_week="hours_per_week weekly_hours open_hours_per_week",
            usd_per_year="usd_per_year",
            lat="lat latitude y",
            lon="lon longitude long lng x",
        ),
    ),
    Layout(
        name="fgdl_parks",
        title="FGDL parks and recreation (University of Florida GeoPlan)",
        of="parks",
        signs=("name", "op_class", "lat", "long"),
        columns=_fields(
            name="name", type="type", owner="owner", access="op_class", lat="lat", lon="long"
        ),
    ),
    Layout(
        name="generic",
        title="a list of parks whose headings say what they are",
        of="parks",
        signs=(),
        columns=_fields(
            name="name park park_name",
            type="type park_type",
            owner="owner managed_by",
            access="access op_class public_access",
            lat="lat latitude y",
            lon="lon longitude long lng x",
        ),
    ),
    Layout(
        name="gtfs_stops",
        title="GTFS stops",
        of="stops",
        signs=("stop_id", "stop_lat", "stop_lon"),
        columns=_fields(
            stop_id="stop_id",
            name="stop_name",
            lat="stop_lat",
            lon="stop_lon",
            location_type="location_type",
        ),
    ),
    Layout(
        name="generic",
        title="a list of transit stops whose headings say what they are",
        of="stops",
        signs=(),
        columns=_fields(
            stop_id="stop_id id stop_code stop",
            name="stop_name name",
            mode="mode",
            shelter="shelter",
            riders="rider_total riders ridership boardings",
            lat="lat latitude y",
            lon="lon longitude long lng x",
        ),
    ),
)

# EDGE publishes its points pipe-delimited and without a header (facts 6.46).
EDGE_HEADINGS = (
    "NCESSCH", "LEAID", "NAME", "OPSTFIPS", "STREET", "CITY", "STATE", "ZIP", "STFIP", "CNTY",
    "NMCNTY", "LOCALE", "LAT", "LON", "CBSA", "NMCBSA", "CBSATYPE", "CSA", "NMCSA", "CD", "SLDL",
    "SLDU", "SCHOOLYEAR",
)  # fmt: skip

NEEDED: Mapping[List, tuple[str, ...]] = {
    "schools": ("name", "lat", "lon", "enrollment"),
    "circuits": ("bandwidth_mbps",),
    "grades": ("school_id", "grade", "students"),
    "libraries": ("name", "lat", "lon"),
    "parks": ("name", "lat", "lon"),
    "stops": ("stop_id", "lat", "lon"),
}
OPTIONAL: Mapping[List, tuple[str, ...]] = {
    "schools": (
        "school_id", "nces_id", "level", "low_grade", "high_grade", "grade_span", "teachers",
        "staff", "free", "reduced", "frl_share", "locale", "year_built", "type", "status",
    ),
    "circuits": ("lines", "medium", "usd_per_line_year", "usd_per_line_month", "purpose",
                 "school_id", "district_id"),
    "grades": ("year",),
    "libraries": ("partner_id", "type", "sq_feet", "seats", "backhaul_mbps", "hours_per_week",
                  "hours_per_year", "weeks", "usd_per_year"),
    "parks": ("type", "owner", "access"),
    "stops": ("name", "mode", "shelter", "riders", "location_type"),
}  # fmt: skip
# Beginnings of words in a heading that may mean a needed field: for hints, never for reading.
HINTS: Mapping[str, tuple[str, ...]] = {
    "name": ("name", "school", "campus", "site", "building", "bldg", "facility", "location"),
    "lat": ("lat", "y", "north"),
    "lon": ("lon", "lng", "x", "east"),
    "enrollment": ("enrol", "pupil", "stud", "member", "headcount", "kid", "child"),
    "bandwidth_mbps": ("band", "speed", "mbps", "gbps", "capacity", "rate"),
    "school_id": ("school", "site", "campus", "id"),
    "grade": ("grade", "year"),
    "students": ("pupil", "stud", "count", "enrol"),
}
WORD_FIELDS: Mapping[List, Mapping[str, tuple[str, ...]]] = {
    "schools": {"level": ("elementary", "middle", "high", "k12", "other")},
    "circuits": {
        "purpose": ("internet", "wan", "backup", "headend"),
        "medium": ("fiber", "copper", "wireless", "leased", "cable"),
    },
    "grades": {},
    "libraries": {},
    "parks": {},
    "stops": {},
}
FACTOR_FIELDS: Mapping[List, tuple[str, ...]] = {
    "schools": (),
    "circuits": ("bandwidth_mbps",),
    "grades": (),
    "libraries": (),
    "parks": (),
    "stops": (),
}
