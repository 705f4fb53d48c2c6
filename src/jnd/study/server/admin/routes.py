"""The routes of the experimenter's page."""

import io
import tempfile
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any

from fastapi import Cookie, FastAPI, Form, Request
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse, Response
from jinja2 import Environment, PackageLoader, StrictUndefined
from sqlalchemy import select

from jnd.errors import JndError
from jnd.report.page import asset, content_hash
from jnd.study.analysis.report.picture_markup import section
from jnd.study.export.bundle import FORMATS, write_export
from jnd.study.server.admin.login import COOKIE, HOURS, Login, checked_login, cookie_for, login_of
from jnd.study.server.admin.progress import progress
from jnd.study.server.admin.results import Results
from jnd.study.server.context import StudyContext
from jnd.study.server.sessions import Refused
from jnd.study.store.tables import AuditRow

STATIC = Path(__file__).parent / "static"
AUDIT_LINES = 300

AdminCookie = Annotated[str | None, Cookie(alias=COOKIE)]
Field = Annotated[str, Form(max_length=512)]


def add_admin(app: FastAPI, context: StudyContext) -> None:
    """Add them to a study's application."""
    pages = Environment(
        loader=PackageLoader("jnd.study.server.admin"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    results = Results(context)

    def shown(name: str, login: Login | None, **values: Any) -> HTMLResponse:
        study = context.design.study
        html = pages.get_template(name).render(
            study=study, title=study.title or study.name, login=login, method=context.method, **values
        )
        return HTMLResponse(html)

    def logged_in(cookie: str | None) -> Login:
        login = login_of(context.store, cookie)
        if login is None:
            raise Refused(401, "log in first")
        return login

    def with_form(cookie: str | None, csrf: str) -> Login:
        login = logged_in(cookie)
        if csrf != login.csrf:
            context.store.audit("form refused", login.name)
            raise Refused(403, "the form is old; load the page again")
        return login

    def page(cookie: str | None, show: Callable[[Login], Response]) -> Response:
        login = login_of(context.store, cookie)
        return RedirectResponse("/admin/login", 303) if login is None else show(login)

    @app.get("/admin/login", include_in_schema=False)
    def login_page() -> Response:
        return shown("login.html", None, wrong=False)

    @app.post("/admin/login", include_in_schema=False)
    def log_in(request: Request, name: Field, password: Field) -> Response:
        address = request.client.host if request.client else ""
        if not checked_login(context.store, name, password, address):
            response = shown("login.html", None, wrong=True)
            response.status_code = 401
            return response
        redirect = RedirectResponse("/admin", 303)
        redirect.set_cookie(
            COOKIE, cookie_for(context.store, name), max_age=HOURS * 3600, httponly=True, samesite="strict",
            secure=request.url.scheme == "https", path="/admin",
        )  # fmt: skip
        return redirect

    @app.post("/admin/logout", include_in_schema=False)
    def log_out(csrf: Field, jnd_admin: AdminCookie = None) -> Response:
        with_form(jnd_admin, csrf)
        redirect = RedirectResponse("/admin/login", 303)
        redirect.delete_cookie(COOKIE, path="/admin")
        return redirect

    @app.get("/admin", include_in_schema=False)
    def overview(request: Request, jnd_admin: AdminCookie = None) -> Response:
        link = f"{request.url.scheme}://{request.url.netloc}/s/{context.design.study.name}"
        return page(
            jnd_admin,
            lambda login: shown("overview.html", login, here="overview", now=progress(context), link=link),
        )

    @app.get("/admin/progress.json", include_in_schema=False)
    def now(jnd_admin: AdminCookie = None) -> Response:
        logged_in(jnd_admin)
        return JSONResponse(progress(context))

    @app.get("/admin/curves", include_in_schema=False)
    def curves(jnd_admin: AdminCookie = None) -> Response:
        logged_in(jnd_admin)
        sections = [section(picture, place) for place, picture in enumerate(results.pictures())]
        return HTMLResponse("\n".join(sections) or "<p>The first curves come with the first answers.</p>")

    @app.get("/admin/results", include_in_schema=False)
    def results_page(jnd_admin: AdminCookie = None) -> Response:
        def show(login: Login) -> Response:
            html = results.page()
            if not html.lstrip().startswith("<!"):
                return shown("message.html", login, here="results", text=html)
            own = f"default-src 'none'; style-src '{content_hash(_report_style())}'; img-src data:; frame-ancestors 'none'"
            return HTMLResponse(html, headers={"Content-Security-Policy": own})

        return page(jnd_admin, show)

    @app.get("/admin/observers", include_in_schema=False)
    def observers(jnd_admin: AdminCookie = None) -> Response:
        def show(login: Login) -> Response:
            export = results.export(personal=False)
            rows = sorted(export.sessions.to_pylist(), key=lambda row: row["started_at"] or "", reverse=True)
            return shown("observers.html", login, here="observers", rows=rows)

        return page(jnd_admin, show)

    @app.post("/admin/withdraw", include_in_schema=False)
    def withdraw(participant: Field, csrf: Field, jnd_admin: AdminCookie = None) -> Response:
        login = with_form(jnd_admin, csrf)
        if not context.store.withdraw(participant, login.name):
            raise Refused(404, "there is no such participant")
        return RedirectResponse("/admin/observers", 303)

    @app.get("/admin/exports", include_in_schema=False)
    def exports(jnd_admin: AdminCookie = None) -> Response:
        return page(
            jnd_admin, lambda login: shown("exports.html", login, here="exports", formats=list(FORMATS))
        )

    @app.post("/admin/export", include_in_schema=False)
    def export(
        form: Annotated[str, Form(alias="format", max_length=64)],
        csrf: Field,
        personal: Annotated[bool, Form()] = False,
        jnd_admin: AdminCookie = None,
    ) -> Response:
        login = with_form(jnd_admin, csrf)
        if form not in FORMATS:
            raise Refused(422, f"there is no format {form}; there are {', '.join(FORMATS)}")
        context.store.audit("exported", login.name, {"format": form, "personal": personal})
        try:
            return _zipped(results, form, context.design.study.name, personal=personal)
        except JndError as error:  # not every format holds every method
            raise Refused(422, str(error)) from None

    @app.get("/admin/audit", include_in_schema=False)
    def audit(jnd_admin: AdminCookie = None) -> Response:
        def show(login: Login) -> Response:
            query = select(AuditRow.at, AuditRow.kind, AuditRow.who, AuditRow.data)
            with context.store.reading() as connection:
                lines = connection.execute(query.order_by(AuditRow.at.desc()).limit(AUDIT_LINES)).all()
            return shown("audit.html", login, here="audit", lines=lines)

        return page(jnd_admin, show)

    @app.get("/admin/static/{name}", include_in_schema=False)
    def static(name: str) -> Response:
        if name == "report.css":
            return Response(_report_style(), media_type="text/css")
        if name not in ("admin.css", "admin.js"):
            raise Refused(404, "there is no such file")
        return FileResponse(STATIC / name)

    pages.filters["moment"] = _moment
    pages.filters["percent"] = lambda share: "" if share is None else f"{share:.0%}"


def _zipped(results: Results, form: str, name: str, *, personal: bool) -> Response:
    """The export as one file to download."""
    with tempfile.TemporaryDirectory(prefix="jnd-export-") as folder:
        output = Path(folder, name)
        write_export(results.export(personal=personal), output, (form,))
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(output.rglob("*")):
                if path.is_file() and not path.name.startswith(".jnd"):
                    archive.write(path, Path(name) / path.relative_to(output))
    headers = {"Content-Disposition": f'attachment; filename="{name}-{form}.zip"'}
    return Response(buffer.getvalue(), media_type="application/zip", headers=headers)


def _report_style() -> str:
    return asset("report.css") + files("jnd.study.analysis.report").joinpath("page.css").read_text("utf-8")


def _moment(milliseconds: int) -> str:
    moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return moment.strftime("%Y-%m-%d %H:%M:%S")
