// Where the phone is, asked for once and only when its button is pressed.
const place = document.querySelector(".locate");
if (place && navigator.geolocation && isSecureContext) {
  const say = place.querySelector("[role=status]");
  place.hidden = false;
  place.querySelector("[data-locate]").addEventListener("click", () => {
    say.textContent = "正在定位";
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        document.getElementById("id_lon").value = coords.longitude.toFixed(6);
        document.getElementById("id_lat").value = coords.latitude.toFixed(6);
        say.textContent = `已取到位置，误差约 ${Math.round(coords.accuracy)} 米，只记在这一处上`;
      },
      () => { say.textContent = "取不到位置，请选楼或写在哪里"; },
      { enableHighAccuracy: true, timeout: 15000, maximumAge: 0 },
    );
  });
}
